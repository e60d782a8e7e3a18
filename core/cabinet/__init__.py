"""Cabinet: a self-hosted, modular client cabinet."""

import warnings

# Pyramid 2.1 still uses pkg_resources and says so at every start; nobody who runs a site can do anything about it.
warnings.filterwarnings("ignore", message="pkg_resources is deprecated", category=UserWarning)

__version__ = "0.1.0"
