"""The demo: a made-up company with real git repositories, logs and a workspace of its own."""

from landed.demo.company import COMPANY, NOTICE
from landed.demo.making import DemoCompany, make_demo

__all__ = ["COMPANY", "NOTICE", "DemoCompany", "make_demo"]
