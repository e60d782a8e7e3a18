"""What the forum does, part by part."""
