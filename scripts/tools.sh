# Finds or installs what building and running needs. Sourced by ./garrison and ./verify.

# Sets JAVA_HOME to a JDK 25 or newer, or says in one line how to get one.
find_jdk() {
  local home
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/*25* /usr/lib/jvm/* /opt/*jdk* \
    "$HOME"/.sdkman/candidates/java/current "$HOME"/.jdks/*; do
    if [ -x "$home/bin/javac" ] && jdk_is_new_enough "$home"; then
      export JAVA_HOME=$home
      return 0
    fi
  done
  if home=$(command -v javac) && home=$(dirname "$(dirname "$(readlink -f "$home")")") \
    && jdk_is_new_enough "$home"; then
    export JAVA_HOME=$home
    return 0
  fi
  echo "garrison: no JDK 25 found: install one (Debian 13: apt-get install openjdk-25-jdk-headless; elsewhere a Temurin 25 package) or set JAVA_HOME to it" >&2
  return 1
}

jdk_is_new_enough() {
  local version
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null)
  [ -n "$version" ] && [ "$version" -ge 25 ]
}

# need COMMAND PACKAGE...: installs Debian packages where a command is missing and we may.
need() {
  local command=$1
  shift
  command -v "$command" >/dev/null 2>&1 && return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "garrison: installing $*" >&2
    apt_get install -y --no-install-recommends "$@" && return 0
  fi
  echo "garrison: $command is missing: install it (Debian: apt-get install $*)" >&2
  return 1
}

# Quiet unless it fails; refreshes the lists when a package is not known yet.
apt_get() {
  local log
  log=$(mktemp)
  if DEBIAN_FRONTEND=noninteractive apt-get -q "$@" >"$log" 2>&1 \
    || { apt-get -q update >"$log" 2>&1 \
      && DEBIAN_FRONTEND=noninteractive apt-get -q "$@" >>"$log" 2>&1; }; then
    rm -f "$log"
    return 0
  fi
  tail -n 5 "$log" >&2
  rm -f "$log"
  return 1
}

# What every build needs: Maven, and a C compiler with a static libc for the launcher.
need_build_tools() {
  need mvn maven && need cc gcc libc6-dev
}

# The real programs that the suites drive, into $GARRISON_PARTS where they are not on PATH. What
# cannot be had here only costs the suite that needs it, which says so (and fails with CI=true).
need_real_parts() {
  export GARRISON_PARTS=${GARRISON_PARTS:-${XDG_CACHE_HOME:-$HOME/.cache}/garrison/parts}
  mkdir -p "$GARRISON_PARTS/bin"
  command -v kubectl >/dev/null 2>&1 || build_kubectl || true
  unpack_debian prometheus-node-exporter || true
  need_containers || true
}

# A container runtime, what a pod network needs, and what the suites' images are made of. Only root
# can run containers.
need_containers() {
  [ "$(id -u)" = 0 ] || return 1
  local package
  for package in containerd runc umoci busybox-static:busybox rsyslog:rsyslogd \
    iproute2:ip netcat-openbsd:nc.openbsd; do
    unpack_debian "${package%:*}" "${package#*:}" || return 1
  done
  unpack_files containernetworking-plugins usr/lib/cni/bridge || return 1
  unpack_files libestr0 'usr/lib/*/libestr.so.0' || return 1
  unpack_files libfastjson4 'usr/lib/*/libfastjson.so.4' || return 1
  unpack_files libbtrfs0 'usr/lib/*/libbtrfs.so.0' || return 1
  unpack_files libbsd0 'usr/lib/*/libbsd.so.0' || return 1
  unpack_files libmd0 'usr/lib/*/libmd.so.0' || return 1
  conformance/images/build "$GARRISON_PARTS" "$GARRISON_PARTS/images" >/dev/null
}

# kubectl from its Go module, pinned in conformance/kubectl.
build_kubectl() {
  local built=$GARRISON_PARTS/bin/kubectl
  [ "$built" -nt conformance/kubectl/go.sum ] && return 0
  command -v go >/dev/null 2>&1 || return 1
  echo "garrison: building kubectl (once)" >&2
  local version
  version=$(sed -n 's/^\tk8s.io\/kubectl v0\./v1./p' conformance/kubectl/go.mod)
  (cd conformance/kubectl && CGO_ENABLED=0 go build -ldflags \
    "-s -w -X k8s.io/component-base/version.gitVersion=$version" -o "$built" .)
}

# unpack_debian PACKAGE [PROGRAM]: the program of that name, unpacked rather than installed, because
# an installed one starts as a service of this machine.
unpack_debian() {
  local package=$1 program=${2:-$1} folder
  command -v "$program" >/dev/null 2>&1 && return 0
  for folder in usr/bin usr/sbin bin sbin; do
    [ -x "$GARRISON_PARTS/$folder/$program" ] && return 0
  done
  unpack "$package"
}

# unpack_files PACKAGE FILE: the same for a package without a program; FILE says that it is there.
unpack_files() {
  compgen -G "/$2" >/dev/null || compgen -G "$GARRISON_PARTS/$2" >/dev/null || unpack "$1"
}

unpack() {
  command -v apt-get >/dev/null 2>&1 && command -v dpkg-deb >/dev/null 2>&1 || return 1
  echo "garrison: fetching $1 (once)" >&2
  local folder unpacked=1
  folder=$(mktemp -d)
  if (cd "$folder" && apt_get download "$1") \
    && dpkg-deb -x "$folder"/*.deb "$GARRISON_PARTS"; then
    unpacked=0
  fi
  rm -rf "$folder"
  return $unpacked
}
