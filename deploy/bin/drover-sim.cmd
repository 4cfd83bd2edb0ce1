@echo off
rem Runs Drover's laboratory and benchmarks. See drover-sim --help.
setlocal
set "DROVER_PROGRAM=drover-sim"
set "DROVER_JAR=drover-cluster-sim"
set "DROVER_MODULE=cluster-sim"
call "%~dp0drover.cmd" %*
exit /b %ERRORLEVEL%
