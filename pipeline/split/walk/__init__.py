"""The walk over a page by compiled loops: the lines and declaring elements that ``split.html`` finds, sooner."""
