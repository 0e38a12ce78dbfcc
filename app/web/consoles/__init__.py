"""What every page of the two consoles is built from: who may see it, its routes, its forms and their problems."""
