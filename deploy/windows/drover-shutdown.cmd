@echo off
rem Empties this host before it shuts down. To be run as a shutdown script of the computer:
rem
rem   gpedit.msc, Computer Configuration, Windows Settings, Scripts, Shutdown
rem
rem Windows runs these scripts when it notifies services before the shutdown, while the agent's service still runs, and
rem waits 10 minutes for them, or for as long as the policy "Specify maximum wait time for Group Policy scripts" says: it
rem has to be longer than the limit below. Where the agent runs under a service wrapper that knows this notification, the
rem wrapper may run this file instead: WinSW has preshutdown and prestop for that.
setlocal EnableExtensions DisableDelayedExpansion
if not defined DROVER_CONFIG set "DROVER_CONFIG=%ProgramData%\Drover\agent.yaml"
if not defined DROVER_LEAVE_LIMIT set "DROVER_LEAVE_LIMIT=9m"
call "%~dp0..\bin\drover.cmd" node leave --config "%DROVER_CONFIG%" --limit %DROVER_LEAVE_LIMIT%
exit /b %ERRORLEVEL%
