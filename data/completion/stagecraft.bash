# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Completion of stagecraft(1) for bash: verbs, options, services, templates.

# What each verb takes: its options, and what its operands are (on: enabled
# services, off: disabled ones and templates, own: both, and what was removed,
# logs, verbs, new).
_stagecraft_options() {
	case $1 in
	up) echo --demo -d --foreground -f --timeout -t ;;
	status) echo --all -a --json -j --watch -w ;;
	wait) echo --timeout -t ;;
	enable) echo --as -a ;;
	remove) echo --undo -u ;;
	new) echo --needs -n ;;
	pair) echo --interface -i --json -j --role -R ;;
	devices | unpair) echo --json -j ;;
	logs) echo --follow -f --lines -n ;;
	crashes | doctor) echo --json -j ;;
	patch\ list) echo --json -j --ports -p ;;
	patch\ forbid) echo --except -e --json -j --lift -l ;;
	patch\ mode) echo --for -f --json -j ;;
	patch\ import) echo --dry -d --from -f --json -j --name -n --replace -R ;;
	patch\ export) echo --json -j --now -n --to -t ;;
	patch\ lock) echo --json -j --off -o ;;
	patch\ learn) echo --drop -d --json -j --keep -k ;;
	patch\ plan) echo --json -j --mode -m ;;
	patch\ scene) echo --json -j --learn -l --none -n --set -s ;;
	rack\ new) ;;
	rack\ import) echo --apart -a --series -s ;;
	rack\ meter) echo --json -j --watch -w ;;
	rack\ map) echo --drop -d --json -j ;;
	rack\ snapshot) echo --json -j --morph -m --remove -R --save -s ;;
	rack\ commit) echo --json -j --undo -u ;;
	rack\ revert) echo --generation -g --json -j ;;
	show\ tempo) echo --json -j --now -n ;;
	song\ close) echo --discard -d --json -j ;;
	song\ revert) echo --json -j --song -s ;;
	set\ add | set\ remove | set\ move | set\ break)
		echo --json -j --set -s ;;
	set\ skip) echo --json -j --set -s --undo -u ;;
	patch\ * | midi\ * | audio\ * | rack\ * | song\ * | set\ * | show\ *)
		echo --json -j ;;
	esac
	echo --rig -r --help -h
}

_stagecraft_operands() {
	case $1 in
	status | start | stop | restart | wait | disable | crashes) echo on ;;
	enable) echo off ;;
	remove) echo own ;;
	logs) echo logs ;;
	help) echo verbs ;;
	new) echo new ;;
	patch | help\ patch) echo patch ;;
	midi | help\ midi) echo midi ;;
	audio | help\ audio) echo audio ;;
	rack | help\ rack) echo rack ;;
	song | help\ song) echo song ;;
	set | help\ set) echo set ;;
	show | help\ show) echo show ;;
	song\ open | song\ info | song\ generations | song\ rename) echo songs ;;
	song\ delete | set\ add | show\ cue | show\ probe) echo songs ;;
	song\ mode | show\ mode) echo showmodes ;;
	set\ show | set\ use | set\ rename | set\ duplicate | set\ delete | \
		set\ verify)
		echo sets ;;
	set\ select | show\ select) echo ways ;;
	show\ transport) echo transports ;;
	show\ learn | show\ forget) echo acts ;;
	song\ add) echo programs ;;
	rack\ new | rack\ plugins) ;;
	rack\ import) echo files ;;
	rack\ *) echo racks ;;
	audio\ use) echo cards ;;
	audio\ set) echo settings ;;
	patch\ connect | patch\ disconnect | patch\ forbid | patch\ explain)
		echo ports ;;
	patch\ mode) echo modes ;;
	patch\ scene) echo songs ;;
	patch\ plan | patch\ import | patch\ export) echo files ;;
	esac
}

_stagecraft_verbs=(up down status start stop restart wait enable disable remove new
	patch midi audio rack song set show pair devices unpair logs crashes
	doctor help version)
_stagecraft_patch_verbs=(list connect disconnect forbid rules mode lock learn
	undo redo history diff plan explain missing scene hush import export watch)
_stagecraft_audio_verbs=(list status use set)
_stagecraft_rack_verbs=(new list import check plugins add remove move get set bypass
	meter mute panic preset snapshot map learn smite revive save commit revert)
_stagecraft_midi_verbs=(list label forget panic test virtual)

_stagecraft_song_verbs=(now list open new duplicate save close mode add stop
	start remove show hide said info generations revert rename delete)
_stagecraft_set_verbs=(list show use next previous go play select new add remove
	move skip break rename duplicate delete verify)
_stagecraft_show_verbs=(now next previous go play select reset save mode panic
	calm tap tempo transport cues cue probe midi learn forget send)

# The run directory, as stagecraft finds it.
_stagecraft_run() {
	if [[ ${STAGECRAFT_RUN-} == /* ]]; then
		echo "$STAGECRAFT_RUN"
	elif [[ ${XDG_RUNTIME_DIR-} == /* ]]; then
		echo "$XDG_RUNTIME_DIR/stagecraft"
	elif ((EUID == 0)); then
		echo /run/stagecraft
	elif [[ -O /run/user/$EUID ]]; then
		echo "/run/user/$EUID/stagecraft"
	else
		echo "/tmp/stagecraft-$EUID"
	fi
}

# The rig that the words typed so far are about.
_stagecraft_rig() {
	local i run
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-r | --rig)
			local rig=${COMP_WORDS[i + 1]}
			if [[ $rig == = ]]; then
				rig=${COMP_WORDS[i + 2]}
			fi
			# shellcheck disable=SC2088 # a tilde as it was typed
			if [[ $rig == "~/"* ]]; then
				rig=$HOME/${rig:2}
			fi
			echo "$rig"
			return
			;;
		esac
	done
	run=$(_stagecraft_run)
	if [[ -n ${STAGECRAFT_RIG-} ]]; then
		echo "$STAGECRAFT_RIG"
	elif [[ -r $run/rig ]]; then
		head -n 1 "$run/rig"
	else
		echo "$HOME/stagecraft"
	fi
}

# Names of directories in $1, one a line; $2 on or off for services.
_stagecraft_names() {
	local path name
	for path in "$1"/*/; do
		[[ -d $path ]] || continue
		name=${path%/}
		name=${name##*/}
		if [[ $2 == on && $name == *.DISABLED ]]; then
			continue
		fi
		if [[ $2 == off ]]; then
			[[ $name == *.DISABLED ]] || continue
			name=${name%.DISABLED}
		fi
		echo "$name"
	done
}

_stagecraft_words() {
	local rig program word
	rig=$(_stagecraft_rig)
	case $1 in
	on) _stagecraft_names "$rig/services" on ;;
	off)
		_stagecraft_names "$rig/services" off
		program=$(type -P stagecraft) || return
		program=$(readlink -f "$program")
		_stagecraft_names "${program%/*/*}/share/stagecraft/services"
		;;
	own)
		_stagecraft_names "$rig/services" on
		_stagecraft_names "$rig/services" off
		_stagecraft_names "$rig/state/trash/services" |
			sed -E 's/(\.DISABLED)?\.[0-9]+$//'
		;;
	logs) _stagecraft_names "$(_stagecraft_run)/log" ;;
	verbs) printf '%s\n' "${_stagecraft_verbs[@]}" ;;
	new) printf '%s\n' service rack rig ;;
	patch) printf '%s\n' "${_stagecraft_patch_verbs[@]}" ;;
	midi) printf '%s\n' "${_stagecraft_midi_verbs[@]}" ;;
	audio) printf '%s\n' "${_stagecraft_audio_verbs[@]}" ;;
	rack) printf '%s\n' "${_stagecraft_rack_verbs[@]}" ;;
	song) printf '%s\n' "${_stagecraft_song_verbs[@]}" ;;
	set) printf '%s\n' "${_stagecraft_set_verbs[@]}" ;;
	show) printf '%s\n' "${_stagecraft_show_verbs[@]}" ;;
	racks)
		for word in "$rig"/services/*/rack; do
			[[ -f $word ]] || continue
			word=${word%/rack}
			[[ $word == *.DISABLED ]] || echo "${word##*/}"
		done
		;;
	cards)
		printf '%s\n' auto default
		cat /proc/asound/card*/id 2>/dev/null
		;;
	settings) printf '%s\n' rate period periods ;;
	ports) stagecraft patch list --ports 2>/dev/null ;;
	showmodes) printf '%s\n' show edit ;;
	programs) compgen -c ;;
	modes) printf '%s\n' off learn enforce exclusive lock ;;
	songs) _stagecraft_names "$rig/songs" on ;;
	sets)
		for word in "$rig"/setlists/*.setlist; do
			[[ -f $word ]] || continue
			word=${word##*/}
			echo "${word%.setlist}"
		done
		;;
	ways) printf '%s\n' next previous ;;
	acts)
		printf '%s\n' go next previous play select select-next \
			select-previous reset stop pause resume save panic tap
		;;
	transports) printf '%s\n' stop pause resume ;;
	files) compgen -f ;;
	esac
}

_stagecraft() {
	local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local verb='' operands=0 i word
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-r | --rig | -t | --timeout | --needs | --lines | -n | -g | --generation | --as)
			# Bash makes three words of --rig=DIR.
			if [[ ${COMP_WORDS[i + 1]} == = ]]; then
				((i++))
			fi
			((i++))
			;;
		-*) ;;
		*)
			if [[ -z $verb ]]; then
				verb=${COMP_WORDS[i]}
			elif [[ $verb == patch || $verb == midi || $verb == audio ||
				$verb == rack || $verb == song || $verb == set ||
				$verb == show || $verb == help ]]; then
				verb+=" ${COMP_WORDS[i]}"
			else
				((operands++))
			fi
			;;
		esac
	done
	case $before in
	-r | --rig)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -d -- "$current")
		return
		;;
	-t | --timeout | --needs | --lines | -n | -g | --generation | --as) return ;;
	esac
	if [[ $current == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"$(_stagecraft_options "$verb")" -- "$current")
		return
	fi
	if [[ -z $verb ]]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"${_stagecraft_verbs[*]}" -- "$current")
		return
	fi
	if [[ $verb == new && $operands -gt 0 ]]; then
		mapfile -t COMPREPLY < <(compgen -o default -- "$current")
		return
	fi
	current=${current//\\/} # as typed, a blank has a backslash before it
	while IFS= read -r word; do
		if [[ $word == "$current"* ]]; then
			COMPREPLY+=("$(printf %q "$word")")
		fi
	done < <(_stagecraft_words "$(_stagecraft_operands "$verb")")
}

complete -F _stagecraft stagecraft
