#!/usr/bin/env bash
# Installs the programs that the tests drive: SIPp, which plays the carrier and
# a crowd of phones, baresip, a real third-party phone, curl, Chromium, and
# iproute2, which cuts its network. Does nothing, and needs neither the network
# nor any right, where all are present.
set -euo pipefail

packages=()
command -v sipp >/dev/null || packages+=(sip-tester)
command -v baresip >/dev/null || packages+=(baresip)
# The walkthrough is run as it stands.
command -v curl >/dev/null || packages+=(curl)
# The browser tests start this one, or the one that CHROMIUM names.
command -v "${CHROMIUM:-chromium}" >/dev/null || packages+=(chromium)
# A browser test gives Chromium a network of its own and cuts it.
PATH=$PATH:/usr/sbin:/sbin command -v ip >/dev/null || packages+=(iproute2)
# The race detector needs a C compiler.
command -v "$(go env CC)" >/dev/null || packages+=(gcc libc6-dev)
if [ ${#packages[@]} -eq 0 ]; then
	exit 0
fi

if ! command -v apt-get >/dev/null; then
	echo "the tests need: ${packages[*]} (names of the Debian packages); install them and run again" >&2
	exit 1
fi
root=()
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "the tests need: ${packages[*]}; run as root: apt-get install ${packages[*]}" >&2
		exit 1
	fi
	root=(sudo)
fi

# sudo clears the environment, so the front end is named after it.
apt() {
	"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@"
}

echo "installing ${packages[*]}"
# The lists may be absent (a fresh image) or too old to name files that the
# mirror still has: they are fetched only when the first attempt shows it.
if ! apt install -y --no-install-recommends "${packages[@]}"; then
	apt update
	apt install -y --no-install-recommends "${packages[@]}"
fi
