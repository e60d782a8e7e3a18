"""Commands of finsystem, a file a group."""
