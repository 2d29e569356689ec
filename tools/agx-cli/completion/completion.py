#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Write the completion of agx-cli for a shell, from what `agx-cli help --json` says.

usage: completion.py bash|zsh|fish AGX-CLI
"""

import json
import re
import subprocess
import sys

BASH = """\
# SPDX-License-Identifier: MIT
# Completion of agx-cli for bash. Made by tools/agx-cli/completion/completion.py.

_agx_cli_verbs='{verbs}'
_agx_cli_first='{first}'
declare -A _agx_cli_words _agx_cli_values _agx_cli_own
{tables}

# What stands before the word that is completed, up to a verb: sets verb, and where its arguments begin.
_agx_cli_find_verb()
{{
	local at=1 word

	verb=
	while [ "$at" -lt "$cword" ]; do
		word=${{words[at]}}
		case $word in
		-d | --device) at=$((at + 2)) ;;
		-*) at=$((at + 1)) ;;
		*)
			verb=$word
			at=$((at + 1))
			if [ -z "${{_agx_cli_words[$verb]+set}}" ] && [ "$at" -lt "$cword" ]; then
				verb="$verb ${{words[at]}}"
				at=$((at + 1))
			fi
			# The command of a command, of ours.
			if [ -n "${{_agx_cli_own[$verb]-}}" ] &&
				[ $((at + _agx_cli_own[$verb])) -le "$cword" ]; then
				at=$((at + _agx_cli_own[$verb]))
				verb=
				continue
			fi
			return
			;;
		esac
	done
}}

_agx_cli()
{{
	local words cword cur verb candidates i quoted=

	# Words as the shell has them, not divided at = and the like.
	words=()
	read -ra words <<<"${{COMP_LINE:0:COMP_POINT}}"
	case ${{COMP_LINE:0:COMP_POINT}} in *[[:space:]]) words+=("") ;; esac
	cword=$((${{#words[@]}} - 1))
	cur=${{words[cword]}}
	case $cur in [\\'\\"]*)
		quoted=1
		cur=${{cur:1}}
		;;
	esac

	case $cur in @*)
		mapfile -t COMPREPLY < <(compgen -f -P @ -- "${{cur:1}}")
		compopt -o filenames 2>/dev/null || true
		return
		;;
	esac

	_agx_cli_find_verb
	if [ -z "$verb" ]; then
		candidates="$_agx_cli_first {before}"
	elif [ -z "${{_agx_cli_words[$verb]+set}}" ]; then
		candidates=$(printf '%s\\n' "$_agx_cli_verbs" | sed -n "s/^$verb //p")
	else
		candidates=${{_agx_cli_words[$verb]}}
	fi
	case $cur in
	*=*)
		candidates=
		for i in ${{_agx_cli_values["$verb ${{cur%%=*}}"]-}}; do
			candidates="$candidates ${{cur%"${{cur##*[=|]}}"}}$i"
		done
		;;
	esac

	mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$cur")
	# What the shell takes for the word begins behind the last =, unless that is in quotes.
	case $quoted$cur in
	1*) ;;
	*=*) COMPREPLY=("${{COMPREPLY[@]#"${{cur%%=*}}="}}") ;;
	esac
	case ${{COMPREPLY[*]-}} in
	*=) compopt -o nospace 2>/dev/null || true ;;
	'') compopt -o default 2>/dev/null || true ;;
	esac
}}

complete -F _agx_cli agx-cli
"""

ZSH = """\
#compdef agx-cli
# SPDX-License-Identifier: MIT
# Completion of agx-cli for zsh. Made by tools/agx-cli/completion/completion.py.

_agx-cli()
{{
	local -a candidates values
	local verb='' at=2 own field

	while (( at < CURRENT )); do
		case $words[at] in
		-d|--device) (( at += 2 )) ;;
		-*) (( at += 1 )) ;;
		*)
			verb=$words[at]
			(( at += 1 ))
			case $verb in
			{first_of_two})
				if (( at < CURRENT )); then
					verb="$verb $words[at]"
					(( at += 1 ))
				fi
				;;
			esac
			# The command of a command, of ours.
			own=CURRENT
			case $verb in
{own}
			esac
			(( at + own <= CURRENT )) || break
			(( at += own ))
			verb=''
			;;
		esac
	done
	# Its words may be quoted, since | is the shell's.
	field=${{${{words[CURRENT]#[\\"\\']}}%%=*}}

	case $verb in
	'')
{files_before}
		candidates=(
{verbs}
		)
		_describe -t verbs verb candidates
		candidates=(
{before}
		)
		_describe -o -t options option candidates
		;;
{cases}
	esac
}}

_agx-cli "$@"
"""

FISH = """\
# SPDX-License-Identifier: MIT
# Completion of agx-cli for fish. Made by tools/agx-cli/completion/completion.py.

function __agx_cli_verb
	set -l words (commandline -opc)
	set -e words[1]
	while set -q words[1]
		switch $words[1]
			case -d --device
				set -e words[1]
			case '-*'
			case '*'
				set -l verb $words[1]
				set -l own (count $words)
				switch $verb
					case {first_of_two}
						if set -q words[2]
							set verb "$verb $words[2]"
							set -e words[1]
						end
{own}
				end
				# The command of a command, of ours.
				if test (count $words) -le $own
					echo $verb
					return
				end
				set -e words[1..$own]
		end
		set -e words[1]
	end
end

# What a field can be, behind = and |. A word with | is in quotes.
function __agx_cli_values
	set -l word (commandline -ct | string replace -r '^[\\'"]' '')
	string match -q -- "$argv[1]=*" $word; or return
	printf '%s\\n' (string replace -r '[^=|]*$' '' -- $word)$argv[2..]
end

# A file behind @.
function __agx_cli_at_file
	set -l word (commandline -ct)
	string match -q '@*' -- $word; or return
	printf '@%s\\n' (__fish_complete_path (string sub -s 2 -- $word))
end

# A program behind --, and what that takes.
function __agx_cli_program
	set -l words (commandline -opc)
	set -l at (contains -i -- -- $words); or return
	set -e words[1..$at]
	complete -C (string join ' ' -- (string escape -- $words) (commandline -ct))
end

function __agx_cli_is
	test (__agx_cli_verb | string collect -a) = "$argv"
end

complete -c agx-cli -f
{lines}
"""


def fields_of(verb):
    """All fields of a verb, those of elements too; each name once, with the values of all."""
    fields = {}
    for field in verb["fields"] + [field for element in verb["elements"]
                                   for field in element["fields"]]:
        known = fields.setdefault(field["name"], {**field, "values": []})
        known["values"] = list(dict.fromkeys(known["values"] + field["values"]))
    return list(fields.values())


def own_words(verb):
    """How many words of its own come before a command of ours; None if it takes none."""
    program = "-- COMMAND" in verb["synopsis"]
    return verb["max_words"] if verb["takes_command"] and not program else None


def takes_file(verb):
    """Whether a word of it can be a file."""
    return re.search(r"(?<![@\w])(FILE|PATH)\b", re.sub(r"--\S+ [A-Z]+", "", verb["synopsis"]))


def file_kind(option):
    return {"FILE": "file", "PATH": "file", "FOLDER": "folder"}.get(option["argument"])


def bash(table):
    verbs = table["verbs"]
    tables = []
    for verb in verbs:
        words = (verb["first_words"] + verb["second_words"] +
                 [f"--{option['name']}" for option in verb["options"] + table["options_of_all"]] +
                 [f"{field['name']}=" for field in fields_of(verb)] +
                 [element["word"] for element in verb["elements"]])
        tables.append(f"_agx_cli_words['{verb['name']}']='{' '.join(words)}'")
        tables += [f"_agx_cli_values['{verb['name']} {field['name']}']='{' '.join(field['values'])}'"
                   for field in fields_of(verb) if field["values"]]
        if own_words(verb) is not None:
            tables.append(f"_agx_cli_own['{verb['name']}']={own_words(verb)}")
    first = dict.fromkeys(verb["name"].split()[0] for verb in verbs)
    return BASH.format(verbs="\n".join(verb["name"] for verb in verbs), first=" ".join(first),
                       tables="\n".join(tables),
                       before=" ".join(f"--{option['name']}" for option in table["options_before"]))


def zsh_entry(name, text):
    """An entry of _describe, in which : divides the name from the text."""
    escaped = name.replace(":", r"\:") + ":" + text
    return "\t\t\t'" + escaped.replace("'", "'\\''") + "'"


def zsh_files(options):
    """Lines that complete what is the argument of an option that takes a file."""
    lines = []
    for option in options:
        if file_kind(option):
            names = f"--{option['name']}" + (f"|-{option['letter']}" if option["letter"] else "")
            lines += [f"\t\tif [[ $words[CURRENT-1] == ({names}) ]] || "
                      f"compset -P '--{option['name']}='; then",
                      "\t\t\t_files" + (" -/" if file_kind(option) == "folder" else ""),
                      "\t\t\treturn", "\t\tfi"]
    return lines


def zsh(table):
    verbs = table["verbs"]
    cases = []
    for verb in verbs:
        options = [zsh_entry(f"--{option['name']}", option["text"])
                   for option in verb["options"] + table["options_of_all"]]
        words = ([zsh_entry(f"{field['name']}=", field["text"]) for field in fields_of(verb)] +
                 [zsh_entry(element["word"], element["text"]) for element in verb["elements"]])
        lines = [f"\t'{verb['name']}')"]
        if "-- COMMAND" in verb["synopsis"]:
            lines += ["\t\tat=${words[(i)--]}", "\t\tif (( at < CURRENT )); then",
                      "\t\t\tshift $at words", "\t\t\t(( CURRENT -= at ))", "\t\t\t_normal",
                      "\t\t\treturn", "\t\tfi"]
        lines += zsh_files(verb["options"] + table["options_of_all"])
        if "@FILE" in verb["synopsis"]:
            lines += ["\t\tif compset -P '@'; then", "\t\t\t_files", "\t\t\treturn", "\t\tfi"]
        for kind in "first_words", "second_words":
            if verb[kind]:
                lines.append(f"\t\tcompadd -- {' '.join(verb[kind])}")
        if takes_file(verb):
            lines.append("\t\t_files")
        if words:
            values = [f"\t\t\t{field['name']}) values=({' '.join(field['values'])}) ;;"
                      for field in fields_of(verb) if field["values"]]
            lines += ["\t\tif compset -P '*[=|]'; then",
                      "\t\t\tcase $field in", *values, "\t\t\tesac",
                      "\t\t\tcompadd -a values", "\t\t\treturn", "\t\tfi",
                      "\t\tcandidates=(", *words, "\t\t)",
                      "\t\t_describe -t fields field candidates -S ''"]
        lines += ["\t\tcandidates=(", *options, "\t\t)",
                  "\t\t_describe -o -t options option candidates", "\t\t;;"]
        cases += lines
    second = {}
    for verb in verbs:
        if " " in verb["name"]:
            second.setdefault(verb["name"].split()[0], []).append(verb)
    for word, group in second.items():
        cases += [f"\t{word})", "\t\tcandidates=(",
                  *(zsh_entry(verb["name"].split()[1], verb["summary"]) for verb in group), "\t\t)",
                  "\t\t_describe -t verbs verb candidates", "\t\t;;"]
    single = [zsh_entry(verb["name"], verb["summary"]) for verb in verbs if " " not in verb["name"]]
    return ZSH.format(
        verbs="\n".join(single + [zsh_entry(word, ", ".join(verb["name"] for verb in group))
                                  for word, group in second.items()]),
        before="\n".join(zsh_entry(f"--{option['name']}", option["text"])
                         for option in table["options_before"]),
        files_before="\n".join(zsh_files(table["options_before"])),
        own="\n".join(f"\t\t\t'{verb['name']}') own={own_words(verb)} ;;" for verb in verbs
                      if own_words(verb) is not None),
        first_of_two="|".join(second), cases="\n".join(cases))


def fish_quote(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_option(condition, option):
    return (f"complete -c agx-cli -n '{condition}' -l {option['name']}" +
            (f" -s {option['letter']}" if option["letter"] else "") +
            (" -r -F" if file_kind(option) else " -x" if option["argument"] else "") +
            f" -d {fish_quote(option['text'])}")


def fish(table):
    verbs = table["verbs"]
    none = "test -z (__agx_cli_verb | string collect -a)"
    lines = [fish_option(none, option) for option in table["options_before"]]
    for verb in verbs:
        words = verb["name"].split()
        condition = none if len(words) == 1 else f"__agx_cli_is {words[0]}"
        lines.append(f"complete -c agx-cli -n '{condition}' -a {words[-1]} "
                     f"-d {fish_quote(verb['summary'])}")
        if len(words) == 2:
            lines.append(f"complete -c agx-cli -n '{none}' -a {words[0]}")
        condition = f"__agx_cli_is {verb['name']}"
        lines += [fish_option(condition, option)
                  for option in verb["options"] + table["options_of_all"]]
        for field in fields_of(verb):
            lines.append(f"complete -c agx-cli -n '{condition}' -a {field['name']}= "
                         f"-d {fish_quote(field['text'])}")
            if field["values"]:
                lines.append(f"complete -c agx-cli -n '{condition}' -a "
                             f"'(__agx_cli_values {field['name']} {' '.join(field['values'])})'")
        words = verb["first_words"] + verb["second_words"]
        if words:
            lines.append(f"complete -c agx-cli -n '{condition}' -a '{' '.join(words)}'")
        if takes_file(verb):
            lines.append(f"complete -c agx-cli -n '{condition}' -F")
        if "@FILE" in verb["synopsis"]:
            lines.append(f"complete -c agx-cli -n '{condition}' -a '(__agx_cli_at_file)'")
        if "-- COMMAND" in verb["synopsis"]:
            lines.append(f"complete -c agx-cli -n '{condition}' -a '(__agx_cli_program)'")
        lines += [f"complete -c agx-cli -n '{condition}' -a {element['word']} "
                  f"-d {fish_quote(element['text'])}" for element in verb["elements"]]
    first_of_two = dict.fromkeys(verb["name"].split()[0] for verb in verbs if " " in verb["name"])
    own = "\n".join(f"\t\t\t\t\tcase '{verb['name']}'\n\t\t\t\t\t\tset own {own_words(verb)}"
                    for verb in verbs if own_words(verb) is not None)
    return FISH.format(first_of_two=" ".join(first_of_two), own=own,
                       lines="\n".join(dict.fromkeys(lines)))


def main(shell, program):
    text = subprocess.run([program, "help", "--json"], stdout=subprocess.PIPE, check=True).stdout
    print({"bash": bash, "zsh": zsh, "fish": fish}[shell](json.loads(text)), end="")


if __name__ == "__main__":
    main(*sys.argv[1:])
