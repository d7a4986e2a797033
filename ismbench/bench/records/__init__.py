"""The record tables, and how they are kept while a run goes on and after it."""
