"""`python -m landed` is `landed`."""

from landed.cli import main

main()
