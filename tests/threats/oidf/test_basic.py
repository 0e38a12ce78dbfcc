"""SECURITY gate 1, plan `oidcc-client-basic-certification-test-plan`: every module, by the default response mode."""

from tests.threats.oidf.basic_modules import BasicModules


class TestBasic(BasicModules):
    """response_type=code, response_mode=query."""
