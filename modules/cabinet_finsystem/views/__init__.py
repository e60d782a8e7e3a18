"""Pages of finsystem."""
