# Of ctest's log of all that its programs said: each test that failed or never came to its end, with what was said while
# it ran. A run's whole output is long, and its middle is what gets cut where it is kept.
function tell() {
  if (running != "") printf "FAILED %s\n%s\n", running, said
  running = said = ""
}
/^"[^"]*" start time:/ { tell() }  # the next program: the one before ended within a test
/^\[ RUN      \] / { tell(); running = substr($0, 14); next }
/^\[       OK \] |^\[  SKIPPED \] / { running = said = "" }
/^\[  FAILED  \] / { tell() }
running != "" && length(said) < 20000 { said = said $0 "\n" }
END { tell() }
