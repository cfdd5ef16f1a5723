"""New labelled images: from a folder, or from review/, to incoming/, and their outcome."""
