@echo off
rem Mneme: sets itself up on first use (a virtual environment beside this file), then runs.
rem Written, never run: no Windows machine was at hand.
setlocal
set "here=%~dp0"
set "env=%here%.venv"
fc /b "%here%packaging\requirements.lock" "%env%\mneme-requirements.lock" >nul 2>nul
if errorlevel 1 (
  for %%v in (3.13 3.12 3.11) do (
    py -%%v -c "" >nul 2>nul && py -%%v "%here%packaging\setup_env.py" && goto run
  )
  echo Mneme needs Python 3.11, 3.12 or 3.13. Install it from python.org or the Microsoft Store, then start Mneme again. 1>&2
  exit /b 1
)
:run
set "PYTHONPATH=%here%"
"%env%\Scripts\python.exe" -m app %*
exit /b %errorlevel%
