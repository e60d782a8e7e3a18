"""Backup and restore of a whole site: the database as of one moment, the files it names, the settings without their secrets."""
