"""The web floor: areas, menus, slots, forms, lists, errors, assets, and the core's own pages."""
