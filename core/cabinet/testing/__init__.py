"""What tests of the core, of our modules and of anybody's modules stand on. Load it with ``-p cabinet.testing.plugin``."""
