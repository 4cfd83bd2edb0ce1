# shellcheck shell=sh
# Shared by the launchers in this directory, which read it with "." and define before:
#   program   the command's name, for messages
#   jar       the archive to run, without ".jar"
#   module    the Maven module that builds it
#   here      the directory of the launcher, links resolved
# POSIX sh only. Nothing here starts another process on the way to Java: it runs before every command.

java_oldest=17

# Says what is wrong and what to do, and ends as for a wrong configuration (2).
fail() {
    printf '%s: %s\n' "$program" "$1" >&2
    shift
    for line in "$@"; do
        printf '  %s\n' "$line" >&2
    done
    exit 2
}

# Sets java_home and java from JAVA_HOME, else from PATH.
find_java() {
    if [ -n "${JAVA_HOME:-}" ]; then
        java=$JAVA_HOME/bin/java
        java_home=$JAVA_HOME
        [ -x "$java" ] && return
        fail "JAVA_HOME is $JAVA_HOME, but there is no program $java." \
            "Set JAVA_HOME to a Java $java_oldest (or newer) directory, or unset it to use the java on the PATH."
    fi
    java=$(command -v java) || fail "Java was not found (JAVA_HOME is not set and there is no java on the PATH)." \
        "Install Java $java_oldest or newer, on Debian or Ubuntu: apt-get install openjdk-17-jre-headless" \
        "or set JAVA_HOME to where it is installed."
    if [ -L "$java" ]; then
        java=$(resolve_links "$java")
    fi
    java_home=${java%/bin/java}
}

# Prints the file behind a chain of symbolic links.
resolve_links() {
    resolved=$1
    while [ -L "$resolved" ]; do
        target=$(readlink "$resolved")
        case $target in
            /*) resolved=$target ;;
            *) resolved=${resolved%/*}/$target ;;
        esac
    done
    printf '%s\n' "$resolved"
}

# Sets java_version (the exact build) and java_major from the file that every JDK carries; asks Java itself if it is
# absent.
read_java_version() {
    java_version=
    if [ -r "$java_home/release" ]; then
        while IFS='=' read -r key value; do
            if [ "$key" = JAVA_RUNTIME_VERSION ]; then
                value=${value#\"}
                java_version=${value%\"}
            elif [ "$key" = JAVA_VERSION ] && [ -z "$java_version" ]; then
                value=${value#\"}
                java_version=${value%\"}
            fi
        done <"$java_home/release"
    fi
    if [ -z "$java_version" ]; then
        java_version=$("$java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p')
    fi
    java_major=${java_version#1.} # 1.8.0 is Java 8
    java_major=${java_major%%[!0-9]*}
    [ -n "$java_major" ] || fail "$java does not say which version it is." \
        "Set JAVA_HOME to a Java $java_oldest (or newer) directory."
    [ "$java_major" -ge "$java_oldest" ] || fail "Java $java_version at $java is too old." \
        "Drover needs Java $java_oldest or newer, on Debian or Ubuntu: apt-get install openjdk-17-jre-headless" \
        "If a newer one is installed, set JAVA_HOME to its directory."
}

# Sets jar_file: from a package (../lib), else from a checkout that has been built.
find_jar() {
    root=${here%/*}
    if [ -f "$root/lib/$jar.jar" ]; then
        jar_file=$root/lib/$jar.jar
    elif [ -f "${root%/*}/$module/target/$jar.jar" ]; then
        jar_file=${root%/*}/$module/target/$jar.jar
    elif [ -f "${root%/*}/pom.xml" ]; then
        fail "not built yet: there is no ${root%/*}/$module/target/$jar.jar." \
            "Build it: cd ${root%/*} && mvn -q -DskipTests package"
    else
        fail "incomplete installation: there is no $root/lib/$jar.jar." \
            "Install Drover anew, or run $program from a checkout."
    fi
    # Made by drover-archive, one for each service and one for all commands ("command"): $archives-SERVICE.jsa. The name
    # holds the exact Java that they are good for.
    archives=${jar_file%.jar}-$java_version
}

# Sets flags: those of every process, to start fast and stay small, separated by spaces. An agent lives for months, but
# decides a few hundred times a second at most: the first compiler tier and the serial collector are enough.
common_flags() {
    flags="-XX:+IgnoreUnrecognizedVMOptions -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xss512k -XX:-UsePerfData"
    flags="$flags -XX:+UseCompressedOops"
    # Class data is mapped at its own address, and so shared by all processes of a host instead of copied into each. An
    # archive that does not fit its jars any more is no news for the user: Java goes without it.
    flags="$flags -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0"
    flags="$flags -Xshare:auto -Xlog:cds=off -Xlog:cds+dynamic=off"
    # One arena for Netty's buffers, which grows by 256 KiB: by default it keeps two for each processor and 2 MiB at
    # least. Its events for the flight recorder are off: they load the whole recorder.
    netty=-Dio.grpc.netty.shaded.io.netty
    flags="$flags $netty.allocator.numDirectArenas=1 $netty.allocator.numHeapArenas=1 $netty.allocator.maxOrder=5"
    flags="$flags $netty.jfr.enabled=false"
    if [ "$java_major" -ge 24 ]; then
        # Netty and protobuf still use what these versions warn about at each start.
        flags="$flags --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
    fi
}

# Sets service: the one that the first argument names, "command" for everything else.
choose_service() {
    case ${1:-} in
        agent | guard | witness | zookeeper) service=$1 ;;
        *) service=command ;;
    esac
}

# Sets memory. A service is held to what it needs: a young generation of fixed size stays small in one that idles, and
# what runs seldom is not compiled.
service_flags='-Xms5m -Xmx64m -Xmn1m -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=30 -XX:CompileThresholdScaling=8'
choose_memory() {
    case $service in
        command) memory='-Xms8m -Xmx256m' ;;
        *) memory=$service_flags ;;
    esac
}

# Whether there is a class-data archive that is not older than what it was made from. The virtual machine checks it once
# more, jar by jar, and goes without it if it does not fit.
has_archive() { # SERVICE
    [ -f "$archives-$1.jsa" ] && [ ! "$jar_file" -nt "$archives-$1.jsa" ]
}

# Replaces this shell by Java. DROVER_JAVA_OPTS adds flags, separated by spaces.
launch() {
    find_java
    read_java_version
    find_jar
    common_flags
    choose_service "$@"
    choose_memory

    # What a process that starts services itself gives to them, separated by spaces; it puts the service's name in the
    # place of {service}. An archive whose path has a space cannot be among them.
    passed_on="$flags $service_flags"
    case $archives in
        *[[:space:]]*) ;;
        *) ! has_archive agent || passed_on="$passed_on -XX:SharedArchiveFile=$archives-{service}.jsa" ;;
    esac

    training=
    if [ -n "${DROVER_CLASS_LIST_DIR:-}" ]; then
        # drover-archive asks which classes a run needs, of this process and of those that it starts; Java puts the
        # number of the process in the place of %p.
        lists="-Xshare:off -XX:DumpLoadedClassList=$DROVER_CLASS_LIST_DIR"
        training="$lists/$service-%p.classlist"
        passed_on="$flags $service_flags $lists/{service}-%p.classlist"
    fi

    # drover-sim measures the command beside it.
    set -- "-Ddrover.jvm.flags=$passed_on" "-Ddrover.command=$here/drover" -jar "$jar_file" "$@"
    if [ -z "$training" ] && has_archive "$service"; then
        set -- "-XX:SharedArchiveFile=$archives-$service.jsa" "$@"
    fi
    set -f # the flags are to be split, and nothing else
    # shellcheck disable=SC2086
    exec "$java" $flags $memory $training ${DROVER_JAVA_OPTS:-} "$@"
}
