"""The paper's tables, published beside ours, and the numbers they are made of."""
