"""What every module must hold."""

from cabinet.testing.contract import ModuleContract


class TestContract(ModuleContract):
    module = "client_manager"
