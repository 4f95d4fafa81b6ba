"""What of CuPy's cupyx the double has: distributed."""
