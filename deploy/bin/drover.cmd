@echo off
rem Runs Drover: the command, and the services (drover agent, drover zookeeper). See drover --help.
rem The same rules as in the launcher for other systems, "drover": Java from JAVA_HOME, else from the PATH, 17 or newer;
rem the archive from a package (..\lib), else from a checkout after "mvn -q -DskipTests package".
rem drover-sim.cmd calls this one with the names of the other program.
setlocal EnableExtensions DisableDelayedExpansion
if not defined DROVER_PROGRAM (
    set "DROVER_PROGRAM=drover"
    set "DROVER_JAR=drover-daemon"
    set "DROVER_MODULE=daemon"
)
for %%i in ("%~dp0..") do set "root=%%~fi"
for %%i in ("%root%\..") do set "checkout=%%~fi"

if defined JAVA_HOME (
    set "java=%JAVA_HOME%\bin\java.exe"
    set "home=%JAVA_HOME%"
) else (
    for %%i in (java.exe) do set "java=%%~$PATH:i"
)
if not defined java goto no_java
if not exist "%java%" goto wrong_home
if not defined home for %%i in ("%java%") do for %%j in ("%%~dpi..") do set "home=%%~fj"

rem Every JDK says in this file which one it is; without it, Java itself is asked.
set "version="
if exist "%home%\release" (
    for /f "usebackq tokens=1,2 delims==" %%a in ("%home%\release") do (
        if "%%a"=="JAVA_RUNTIME_VERSION" set "version=%%~b"
    )
)
if not defined version (
    for /f "tokens=3" %%v in ('""%java%" -version 2^>^&1 ^| findstr /c:" version ""') do set "version=%%~v"
)
if not defined version goto no_version
set "plain=%version%"
if "%plain:~0,2%"=="1." set "plain=%plain:~2%"
for /f "delims=.+-" %%m in ("%plain%") do set "major=%%m"
if %major% LSS 17 goto old_java

set "jar=%root%\lib\%DROVER_JAR%.jar"
if not exist "%jar%" set "jar=%checkout%\%DROVER_MODULE%\target\%DROVER_JAR%.jar"
if not exist "%jar%" goto no_jar

set "service=command"
for %%s in (agent guard witness zookeeper) do if "%~1"=="%%s" set "service=%%s"

set "flags=-XX:+IgnoreUnrecognizedVMOptions -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xss512k -XX:-UsePerfData"
set "flags=%flags% -XX:+UseCompressedOops -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0"
set "flags=%flags% -Xshare:auto -Xlog:cds=off -Xlog:cds+dynamic=off"
set "netty=-Dio.grpc.netty.shaded.io.netty"
set "flags=%flags% %netty%.allocator.numDirectArenas=1 %netty%.allocator.numHeapArenas=1"
set "flags=%flags% %netty%.allocator.maxOrder=5 %netty%.jfr.enabled=false"
if %major% GEQ 24 set "flags=%flags% --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
set "service_flags=-Xms5m -Xmx64m -Xmn1m -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=30 -XX:CompileThresholdScaling=8"
set "memory=%service_flags%"
if "%service%"=="command" set "memory=-Xms8m -Xmx256m"
rem The virtual machine itself refuses an archive that is older than the jars.
set "archives=%jar:~0,-4%-%version%"
set "use_archive="
if exist "%archives%-%service%.jsa" set use_archive="-XX:SharedArchiveFile=%archives%-%service%.jsa"
set "passed_on=%flags% %service_flags%"
rem Flags are passed on separated by spaces: an archive whose path has one cannot be among them.
if exist "%archives%-agent.jsa" if "%archives: =%"=="%archives%" set "passed_on=%passed_on% -XX:SharedArchiveFile=%archives%-{service}.jsa"

"%java%" %flags% %memory% %DROVER_JAVA_OPTS% %use_archive% "-Ddrover.jvm.flags=%passed_on%" -jar "%jar%" %*
exit /b %ERRORLEVEL%

:no_java
>&2 echo %DROVER_PROGRAM%: Java was not found (JAVA_HOME is not set and there is no java on the PATH).
>&2 echo   Install Java 17 or newer, or set JAVA_HOME to where it is installed.
exit /b 2

:wrong_home
>&2 echo %DROVER_PROGRAM%: JAVA_HOME is %JAVA_HOME%, but there is no program %java%.
>&2 echo   Set JAVA_HOME to a Java 17 (or newer) directory, or unset it to use the java on the PATH.
exit /b 2

:no_version
>&2 echo %DROVER_PROGRAM%: %java% does not say which version it is.
>&2 echo   Set JAVA_HOME to a Java 17 (or newer) directory.
exit /b 2

:old_java
>&2 echo %DROVER_PROGRAM%: Java %version% at %java% is too old.
>&2 echo   Drover needs Java 17 or newer. If a newer one is installed, set JAVA_HOME to its directory.
exit /b 2

:no_jar
if exist "%checkout%\pom.xml" (
    >&2 echo %DROVER_PROGRAM%: not built yet: there is no %jar%.
    >&2 echo   Build it: in %checkout%, run mvn -q -DskipTests package
) else (
    >&2 echo %DROVER_PROGRAM%: incomplete installation: there is no %root%\lib\%DROVER_JAR%.jar.
    >&2 echo   Install Drover anew, or run %DROVER_PROGRAM% from a checkout.
)
exit /b 2
