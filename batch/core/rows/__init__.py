"""From a row as typed to the class it stands for, or to everything that is wrong with it."""
