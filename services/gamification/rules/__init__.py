"""How points are counted: versioned parameters, the evidence they are applied to, and the value that comes out."""
