"""Languages: choosing one, formatting in it, building the catalogues."""
