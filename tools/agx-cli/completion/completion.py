#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Write the completion of agx-cli for a shell, from what `agx-cli help --json` says.

usage: completion.py bash|zsh|fish AGX-CLI
"""

import json
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
	local verb='' at=2 word

	while (( at < CURRENT )); do
		word=$words[at]
		case $word in
		-d|--device) (( at += 2 )) ;;
		-*) (( at += 1 )) ;;
		*)
			verb=$word
			case $verb in
			{first_of_two}) (( at + 1 < CURRENT )) && verb="$verb $words[at+1]" ;;
			esac
			break
			;;
		esac
	done

	case $verb in
	'')
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
				switch $verb
					case {first_of_two}
						set -q words[2]; and set verb "$verb $words[2]"
				end
				echo $verb
				return
		end
		set -e words[1]
	end
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


def bash(table):
    verbs = table["verbs"]
    tables = []
    for verb in verbs:
        words = (verb["first_words"] +
                 [f"--{option['name']}" for option in verb["options"] + table["options_of_all"]] +
                 [f"{field['name']}=" for field in fields_of(verb)] +
                 [element["word"] for element in verb["elements"]])
        tables.append(f"_agx_cli_words['{verb['name']}']='{' '.join(words)}'")
        tables += [f"_agx_cli_values['{verb['name']} {field['name']}']='{' '.join(field['values'])}'"
                   for field in fields_of(verb) if field["values"]]
        if verb["takes_command"] and "-- COMMAND" not in verb["synopsis"]:
            tables.append(f"_agx_cli_own['{verb['name']}']={verb['max_words']}")
    first = dict.fromkeys(verb["name"].split()[0] for verb in verbs)
    return BASH.format(verbs="\n".join(verb["name"] for verb in verbs), first=" ".join(first),
                       tables="\n".join(tables),
                       before=" ".join(f"--{option['name']}" for option in table["options_before"]))


def zsh_entry(name, text):
    """An entry of _describe, in which : divides the name from the text."""
    escaped = name.replace(":", r"\:") + ":" + text
    return "\t\t\t'" + escaped.replace("'", "'\\''") + "'"


def zsh(table):
    verbs = table["verbs"]
    cases = []
    for verb in verbs:
        options = [zsh_entry(f"--{option['name']}", option["text"])
                   for option in verb["options"] + table["options_of_all"]]
        words = ([zsh_entry(f"{field['name']}=", field["text"]) for field in fields_of(verb)] +
                 [zsh_entry(element["word"], element["text"]) for element in verb["elements"]])
        lines = [f"\t'{verb['name']}')"]
        if verb["first_words"]:
            lines.append(f"\t\tcompadd -- {' '.join(verb['first_words'])}")
        if words:
            values = [f"\t\t\t{field['name']}) values=({' '.join(field['values'])}) ;;"
                      for field in fields_of(verb) if field["values"]]
            lines += ["\t\tif compset -P '*[=|]'; then",
                      "\t\t\tcase ${words[CURRENT]%%=*} in", *values, "\t\t\tesac",
                      "\t\t\tcompadd -a values", "\t\t\treturn", "\t\tfi",
                      "\t\tcandidates=(", *words, "\t\t)",
                      "\t\t_describe -t fields field candidates -S ''"]
        else:
            lines.append("\t\t_files")
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
        first_of_two="|".join(second), cases="\n".join(cases))


def fish_quote(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_option(condition, option):
    return (f"complete -c agx-cli -n '{condition}' -l {option['name']}" +
            (f" -s {option['letter']}" if option["letter"] else "") +
            (" -r" if option["argument"] else "") + f" -d {fish_quote(option['text'])}")


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
            lines += [f"complete -c agx-cli -n '{condition}' -a {field['name']}={value}"
                      for value in field["values"]]
        lines += [f"complete -c agx-cli -n '{condition}' -a {word}" for word in verb["first_words"]]
        lines += [f"complete -c agx-cli -n '{condition}' -a {element['word']} "
                  f"-d {fish_quote(element['text'])}" for element in verb["elements"]]
    first_of_two = dict.fromkeys(verb["name"].split()[0] for verb in verbs if " " in verb["name"])
    return FISH.format(first_of_two=" ".join(first_of_two), lines="\n".join(dict.fromkeys(lines)))


def main(shell, program):
    text = subprocess.run([program, "help", "--json"], stdout=subprocess.PIPE, check=True).stdout
    print({"bash": bash, "zsh": zsh, "fish": fish}[shell](json.loads(text)), end="")


if __name__ == "__main__":
    main(*sys.argv[1:])
