//! Running other programs, with progress.

use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Says what is being done.
pub(crate) fn say(what: &str) {
    eprintln!("» {what}");
}

pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    Command::new(program)
}

/// Runs a command whose output the user should see.
pub(crate) fn show(command: &mut Command) -> Result<(), String> {
    let status = command
        .status()
        .map_err(|error| not_started(command, &error.to_string()))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{} ended with {status}", name(command)))
    }
}

/// Runs a command and gives what it prints.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let output = command
        .output()
        .map_err(|error| not_started(command, &error.to_string()))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!(
            "{} ended with {}: {}",
            name(command),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        ))
    }
}

/// Runs a long command quietly: seconds tick on a terminal, and its last lines are shown if it fails.
pub(crate) fn long(what: &str, command: &mut Command, limit: Duration) -> Result<(), String> {
    say(what);
    let started = Instant::now();
    let log = crate::workspace::target().join("last-step.log");
    crate::workspace::create_folder(&crate::workspace::target())?;
    let file = std::fs::File::create(&log).map_err(|error| error.to_string())?;
    let errors = file.try_clone().map_err(|error| error.to_string())?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(errors)
        .spawn()
        .map_err(|error| not_started(command, &error.to_string()))?;
    let terminal = std::io::stderr().is_terminal();
    let mut told = 0;
    let status = loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            break status;
        }
        let seconds = started.elapsed().as_secs();
        if started.elapsed() > limit {
            child.kill().ok();
            child.wait().ok();
            return Err(format!(
                "{} took longer than {} s",
                name(command),
                limit.as_secs()
            ));
        }
        if terminal && seconds != told {
            eprint!("\r  {seconds} s ");
            std::io::stderr().flush().ok();
        } else if !terminal && seconds >= told + 30 {
            eprintln!("  {seconds} s, {}", last_line(&log));
        } else {
            std::thread::sleep(Duration::from_millis(50));
            continue;
        }
        told = seconds;
    };
    if terminal && told > 0 {
        eprint!("\r");
    }
    if status.success() {
        Ok(())
    } else {
        let text = std::fs::read_to_string(&log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        Err(format!(
            "{} ended with {status}\n{}",
            name(command),
            lines[lines.len().saturating_sub(15)..].join("\n")
        ))
    }
}

/// Runs a command, shows its output line by line, and hands each line on. Gives whether it succeeded.
pub(crate) fn each_line(command: &mut Command, mut take: impl FnMut(&str)) -> Result<bool, String> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| not_started(command, &error.to_string()))?;
    let stdout = child.stdout.take().expect("it is piped");
    for line in BufReader::new(stdout).lines() {
        let line = line.map_err(|error| error.to_string())?;
        println!("{line}");
        take(&line);
    }
    Ok(child.wait().map_err(|error| error.to_string())?.success())
}

/// Whether a program can be started.
pub(crate) fn is_there(program: &str) -> bool {
    command(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn last_line(log: &Path) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    text.lines()
        .last()
        .unwrap_or_default()
        .chars()
        .take(100)
        .collect()
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

fn not_started(command: &Command, reason: &str) -> String {
    format!("{} cannot be started: {reason}", name(command))
}
