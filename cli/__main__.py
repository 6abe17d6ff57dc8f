"""`python -m cli`, which `./paas` starts."""

from cli.app import app

if __name__ == "__main__":
    app(prog_name="paas")
