"""What works on deliveries beside the routes: sending what is due, reading again what a replay asks for."""
