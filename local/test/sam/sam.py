"""Runs SAM CLI's own command with Docker's engine replaced.

A container is here a process in its own network and mount namespaces, on a bridge named docker0, as Docker makes it. SAM's
folder of code is at /var/task, SAM's own build of AWS's runtime interface emulator at /var/rapid, and /etc/hosts contains
SAM's --add-host. The environment, the entry point and the ports are exactly those that SAM requests from Docker; the requests
are written to the file KASIR_SAM_ASKED. Everything runs in a network namespace that replaces the machine, see run.
"""

import json
import os
import signal
import subprocess
import tempfile

import docker
import samcli
from samcli.local.docker import utils

GATEWAY = "172.17.0.1"  # this machine, in Docker's default network
RIE = os.path.join(os.path.dirname(samcli.__file__), "local/rapid/aws-lambda-rie-")


def run(*command):
    subprocess.run(command, check=True)


class Image:
    """The one image, which is present and up to date."""

    id = "provided"
    attrs = {
        "Config": {"Entrypoint": None, "Cmd": None, "WorkingDir": "/var/task"},
        "RepoDigests": ["provided@sha256:0"],
        "Descriptor": {"digest": "sha256:0"},
    }


class Images:
    def get(self, name):
        if "lambda/provided:al2023" not in name:
            raise docker.errors.ImageNotFound(f"the functions need no {name}")
        self.architecture = "arm64" if name.endswith("arm64") else "x86_64"
        return Image()

    def list(self, **_):
        return []

    def get_registry_data(self, _):
        return Image()


class Container:
    """Replaces docker.models.containers.Container."""

    def __init__(self, number, architecture, wanted):
        self.id, self.wanted, self.rie = f"kasir{number}", wanted, RIE + architecture
        self.address = f"172.17.{1 + number // 250}.{1 + number % 250}"
        self.status = "created"
        self.processes = []

    def start(self):
        link = self.id
        run("ip", "netns", "add", self.id)
        run("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", self.id)
        run("ip", "link", "set", link, "master", "docker0", "up")
        run("ip", "-n", self.id, "addr", "add", self.address + "/16", "dev", "eth0")
        for device in ("eth0", "lo"):
            run("ip", "-n", self.id, "link", "set", device, "up")
        hosts = tempfile.NamedTemporaryFile("w", delete=False)
        hosts.write("127.0.0.1 localhost\n")
        for name, address in (self.wanted.get("extra_hosts") or {}).items():
            hosts.write(f"{GATEWAY if address == 'host-gateway' else address} {name}\n")
        hosts.close()
        (code,) = [folder for folder, mount in self.wanted["volumes"].items() if mount["bind"] == "/var/task"]
        inside = (
            f"mount --bind {hosts.name} /etc/hosts; mount -t tmpfs none /mnt; mkdir /mnt/task /mnt/rapid;"
            f" mount --bind {code} /mnt/task; mount --bind {os.path.dirname(self.rie)} /mnt/rapid;"
            " mount -t tmpfs none /var; mkdir /var/task /var/rapid; mount --rbind /mnt/task /var/task; mount --rbind /mnt/rapid /var/rapid;"
            ' cd /var/task; exec "$@"'
        )
        entry = [part.replace("/var/rapid/aws-lambda-rie", "/var/rapid/" + os.path.basename(self.rie)) for part in self.wanted["entrypoint"]]
        variables = [f"{name}={value}" for name, value in self.wanted["environment"].items()]
        self.start_process(
            "nsenter", f"--net=/run/netns/{self.id}", "unshare", "--mount", "bash", "-ec", inside, "container",
            "env", "-i", "PATH=/usr/bin:/bin", *variables, *entry, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        for inner, (interface, outer) in self.wanted["ports"].items():
            self.start_process("socat", f"TCP-LISTEN:{outer},bind={interface},fork,reuseaddr", f"TCP:{self.address}:{inner},retry=50,interval=0.1")
        self.status = "running"

    def start_process(self, *command, **options):
        self.processes.append(subprocess.Popen(command, start_new_session=True, **options))

    def attach(self, **_):
        for line in self.processes[0].stdout:
            yield None, line

    def stop(self, timeout=None):
        for process in self.processes:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
        self.processes = []

    def remove(self, force=False):
        self.stop()
        run("ip", "netns", "delete", self.id)


class Containers(dict):
    def __init__(self, images):
        super().__init__()
        self.images = images

    def create(self, image, **wanted):
        self.images.get(image)
        # Another sam command may run at the same time.
        number = (os.getpid() * 16 + len(self)) % 60000
        container = Container(number, self.images.architecture, wanted)
        with open(os.environ["KASIR_SAM_ASKED"], "a") as asked:
            asked.write(json.dumps(wanted) + "\n")
        self[container.id] = container
        return container


class Engine:
    """Replaces docker.DockerClient."""

    def __init__(self):
        self.images = Images()
        self.containers = Containers(self.images)
        self.containers.get = lambda name: dict.__getitem__(self.containers, name)
        self.api = self
        self.networks = {}

    def pull(self, *_, **__):
        return []

    def ping(self):
        return True

    def inspect_container(self, _):
        return {"State": {"OOMKilled": False}}

    def events(self, **_):
        return iter(())


if __name__ == "__main__":
    os.environ["SAM_CLI_TELEMETRY"] = "0"
    engine = Engine()
    utils.get_validated_container_client = lambda: engine
    from samcli.cli.main import cli  # imported last, because its modules use the replaced name

    cli(prog_name="sam")
