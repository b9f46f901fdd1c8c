"""`python -m deploy.borrow -- COMMAND…`: run one command with servers of its own that go afterwards."""

import os
import subprocess
import sys

from deploy.errors import DeployError
from deploy.servers import private_servers


def main(arguments: list[str]) -> int:
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print("usage: python -m deploy.borrow -- COMMAND [ARGUMENT…]", file=sys.stderr)
        return 2
    try:
        with private_servers() as urls:
            return subprocess.run(command, env={**os.environ, **urls.as_env()}, check=False).returncode
    except DeployError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
