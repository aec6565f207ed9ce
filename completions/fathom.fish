# fish completion for fathom

function __fathom_fields
    fathom -G fields 2>/dev/null | cut -f 2,3 | awk -F '\t' '{ print $2 "\t" $1 }'
end

function __fathom_protocols
    fathom -G protocols 2>/dev/null | awk -F '\t' '{ print $3 "\t" $1 }'
end

complete -c fathom -s r -l read-file -r -d 'read packets from a file'
complete -c fathom -s i -l interface -x -a "(fathom -D 2>/dev/null | awk '{ print \$2 }')" -d 'capture from an interface'
complete -c fathom -s f -x -d 'capture filter'
complete -c fathom -s s -l snapshot-length -x -d 'bytes of each packet'
complete -c fathom -s p -l no-promiscuous-mode -d 'only what is for this machine'
complete -c fathom -s I -l monitor-mode -d 'monitor mode'
complete -c fathom -s B -l buffer-size -x -d 'buffer of the system, MiB'
complete -c fathom -s y -l linktype -x -d 'link layer type'
complete -c fathom -l time-stamp-type -x -d 'kind of time stamps'
complete -c fathom -l list-time-stamp-types -d 'list kinds of time stamps'
complete -c fathom -s L -l list-data-link-types -d 'list link layer types'
complete -c fathom -l capture-comment -x -d 'comment for the file'
complete -c fathom -l temp-dir -r -d 'for files that nobody named'
complete -c fathom -l enable-heuristic -x -d 'switch a guess on'
complete -c fathom -l disable-heuristic -x -d 'switch a guess off'
complete -c fathom -l export-objects -x -d 'what protocols carried, into a folder'
complete -c fathom -s c -x -d 'stop after so many packets'
complete -c fathom -s a -l autostop -x -a 'duration: filesize: files: packets:' -d 'stop condition'
complete -c fathom -s b -l ring-buffer -x -a 'duration: filesize: files: packets: interval:' -d 'ring of files'
complete -c fathom -s Y -l display-filter -x -a '(__fathom_fields)' -d 'show packets that match'
complete -c fathom -s 2 -d 'two passes'
complete -c fathom -s R -l read-filter -x -a '(__fathom_fields)' -d 'leave out packets that do not match'
complete -c fathom -s d -x -d 'decode as'
complete -c fathom -s o -x -d 'set a preference'
complete -c fathom -l enable-protocol -x -a '(__fathom_protocols)' -d 'switch a protocol on'
complete -c fathom -l disable-protocol -x -a '(__fathom_protocols)' -d 'switch a protocol off'
complete -c fathom -s T -x -a 'text fields json jsonraw jsonl ek pdml psml tabs' -d format
complete -c fathom -s e -x -a '(__fathom_fields)' -d 'a field to print'
complete -c fathom -s E -x -a 'header=y separator= occurrence= aggregator= quote= bom=y' -d 'shape of fields'
complete -c fathom -s V -d details
complete -c fathom -s O -x -a '(__fathom_protocols)' -d 'details of these protocols'
complete -c fathom -s x -d bytes
complete -c fathom -l hexdump -x -a 'all frames ascii delimit noascii' -d bytes
complete -c fathom -s P -l print -d 'packet lines too'
complete -c fathom -s t -x -a 'a ad adoy d dd e r u ud udoy' -d time
complete -c fathom -s u -x -a 's hms' -d seconds
complete -c fathom -s j -x -d 'keep these'
complete -c fathom -s J -x -d 'keep these with all below'
complete -c fathom -l export-tls-session-keys -r -d 'write what opened TLS into a key log'
complete -c fathom -l memory -x -d 'live on a terminal: stay below that many MiB'
complete -c fathom -l plugin -r -d 'load protocols from a shared object'
complete -c fathom -l proto -r -d 'read a schema of Protocol Buffers'
complete -c fathom -l inject-secrets -d 'write what opened TLS into the file of -w'
complete -c fathom -l verify-chain -d 'verify certificate chains'
complete -c fathom -l no-duplicate-keys -d 'lists instead of repeated keys'
complete -c fathom -s l -d 'write after each packet'
complete -c fathom -s q -d 'print no packets'
complete -c fathom -s z -x -a "(fathom -z help 2>&1 | awk 'NR > 1 { print \$1 }')" -d statistic
complete -c fathom -l color -d 'colour lines'
complete -c fathom -s w -r -d 'write packets to a file'
complete -c fathom -s G -x -a "(fathom -G help 2>/dev/null | awk '{ print \$2 }')" -d report
complete -c fathom -s D -l list-interfaces -d 'list interfaces'
complete -c fathom -s h -l help -d help
complete -c fathom -s v -l version -d version

function __fathom_columns
    fathom flows --columns help 2>/dev/null
end

complete -c fathom -n __fish_use_subcommand -a flows -d 'a table of all flows'
complete -c fathom -n __fish_use_subcommand -a explain -d 'what happened and why'
complete -c fathom -n __fish_use_subcommand -a follow -d 'what a flow carried'
complete -c fathom -n __fish_use_subcommand -a objects -d 'bodies of HTTP'
complete -c fathom -n __fish_use_subcommand -a qlog -d 'QUIC connections as qlog'
complete -c fathom -n '__fish_seen_subcommand_from qlog' -l flow -x -a 'client server' -d 'whose sending'
complete -c fathom -n '__fish_seen_subcommand_from qlog' -l qvis -d 'for qvis'
complete -c fathom -n __fish_use_subcommand -a series -d 'what TCP senders knew, over time'
complete -c fathom -n __fish_use_subcommand -a teach -d 'lessons on real packets'
complete -c fathom -n '__fish_seen_subcommand_from teach' -x -a "(fathom teach 2>/dev/null | string replace -r ' .*' '')"
complete -c fathom -n __fish_use_subcommand -a plot -d 'a picture of a flow'
complete -c fathom -n __fish_use_subcommand -a report -d 'a capture as one page'
complete -c fathom -n '__fish_seen_subcommand_from plot report follow' -s o -l output -r -d 'write there'
complete -c fathom -n '__fish_seen_subcommand_from plot' -l kind -x -a 'window sequence rtt throughput ladder streams' -d 'kind'
complete -c fathom -n '__fish_seen_subcommand_from plot follow' -l side -x -a 'client server' -d 'whose data'
complete -c fathom -n '__fish_seen_subcommand_from plot' -l size -x -d 'WxH'
complete -c fathom -n '__fish_seen_subcommand_from plot' -l from -x -d 'begins at, seconds'
complete -c fathom -n '__fish_seen_subcommand_from plot' -l to -x -d 'ends at, seconds'
complete -c fathom -n '__fish_seen_subcommand_from report' -l pictures -x -d 'of so many flows'
complete -c fathom -n '__fish_seen_subcommand_from follow' -l level -x -a 'content decrypted transport' -d 'of what'
complete -c fathom -n '__fish_seen_subcommand_from follow' -l stream -x -d 'one stream'
complete -c fathom -n '__fish_seen_subcommand_from follow' -l text -d 'all as text'
complete -c fathom -n '__fish_seen_subcommand_from follow' -l hex -d 'all as hex'
complete -c fathom -n '__fish_seen_subcommand_from follow' -l raw -d 'the bytes'
complete -c fathom -n '__fish_seen_subcommand_from follow objects' -l json -d 'as JSON'
complete -c fathom -n '__fish_seen_subcommand_from explain' -l and -r -d 'a capture of the same at another place'
complete -c fathom -n '__fish_seen_subcommand_from teach' -l quiz -r -d 'questions about a capture'
complete -c fathom -n '__fish_seen_subcommand_from teach' -l questions -x -d 'so many'
complete -c fathom -n '__fish_seen_subcommand_from teach' -l seed -x -d 'which ones'
complete -c fathom -n '__fish_seen_subcommand_from teach' -l export -x -a 'html pdf txt' -d 'a handout'
complete -c fathom -n '__fish_seen_subcommand_from teach' -l check -r -d 'check lesson files'
complete -c fathom -n '__fish_seen_subcommand_from teach' -l new -d 'print a lesson to start from'
complete -c fathom -n '__fish_seen_subcommand_from flows' -l sort -x -a '(__fathom_columns)' -d 'sort by a column'
complete -c fathom -n '__fish_seen_subcommand_from flows' -l columns -x -a '(__fathom_columns)' -d 'these columns'
complete -c fathom -n '__fish_seen_subcommand_from flows' -l json -d 'as JSON'
complete -c fathom -n '__fish_seen_subcommand_from flows' -l csv -d 'as comma-separated values'
complete -c fathom -n '__fish_seen_subcommand_from flows' -l sessions -d 'WebRTC sessions'
complete -c fathom -n '__fish_seen_subcommand_from flows explain' -l width -x -d 'width of the output'
complete -c fathom -n '__fish_seen_subcommand_from explain' -l packet -x -d 'explain one packet'
complete -c fathom -n '__fish_seen_subcommand_from series' -l format -x -a 'csv judge' -d 'format'
