"""The default theme: Tabler under the cabinet's own tokens. Templates come from the core, the looks from here.

``static/src`` holds the sources, ``static/dist`` what ``make assets`` builds of them (not in git, but in every wheel).
"""
