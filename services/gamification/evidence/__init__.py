"""What points are made from: shares, touches, answers, conversions and readings, each kept once."""
