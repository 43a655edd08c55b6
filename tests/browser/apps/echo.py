"""An echo app in a process of its own, for tests that stop the server."""

from tests.browser.handlers import echo_app

if __name__ == "__main__":
    echo_app()[0].launch()
