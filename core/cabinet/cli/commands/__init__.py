"""The core's commands, a file a subject."""
