"""New labelled pictures: from a folder, or from review/, to incoming/, and what became of them there."""
