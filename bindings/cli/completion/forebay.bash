# Completion of forebay for bash. It asks the command itself, so that it is never behind it.

# The words that the left column of a help text has: commands, or options.
_forebay_commands() {
  forebay --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\).*/\1/p'
}
_forebay_options() {
  forebay "$@" --help 2>/dev/null | sed -n 's/^  \(-[a-zA-Z]\), \(--[a-z0-9-]*\).*/\1\n\2/p; s/^  \(--[a-z0-9-]*\).*/\1/p'
}

_forebay() {
  local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    case $word in
      -*) mapfile -t COMPREPLY < <(compgen -W "$(_forebay_options)" -- "$word") ;;
      *) mapfile -t COMPREPLY < <(compgen -W "$(_forebay_commands)" -- "$word") ;;
    esac
    return
  fi
  case $word in
    -*) mapfile -t COMPREPLY < <(compgen -W "$(_forebay_options "$command")" -- "$word") ;;
    *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
  esac
}

complete -o filenames -F _forebay forebay
