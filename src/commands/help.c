/* What -h and -v print. */
#include "config.h"

#include "options.h"

void fm_options_version(FmText *out)
{
    fm_text_put(out, "fathom " PACKAGE_VERSION "\nwith " FM_WITH "\n");
    if (*FM_WITHOUT)
        fm_text_put(out, "without " FM_WITHOUT "\n");
}

void fm_options_help(FmText *out)
{
    fm_text_put(out,
        "Usage: fathom [option]... [-r] FILE [display filter]\n"
        "       fathom [option]... -i INTERFACE [capture filter]\n"
        "       fathom flows [option]... FILE         a table of all flows; --help tells more, as for all commands\n"
        "       fathom explain [option]... FILE [FLOW]    what happened and why; --packet N, --and FILE\n"
        "       fathom follow [option]... FILE FLOW       what a flow carried: text, --hex, --raw, --json\n"
        "       fathom objects [option]... FILE [-o DIR]  bodies of HTTP, listed and saved\n"
        "       fathom plot FILE FLOW -o PICTURE          a flow as SVG, PNG or PDF\n"
        "       fathom qlog FILE [-o OUTPUT]              QUIC connections as qlog, --qvis for qvis\n"
        "       fathom series [-n] [--format csv|judge] FILE [FLOW]    what TCP senders knew, over time\n"
        "       fathom teach [LESSON] [-r FILE]           lessons on real packets\n"
        "On a terminal, FILE without -r and -i open the screens; ? there lists the keys.\n"
        "\n"
        "Input\n"
        "  -r, --read-file FILE        read packets from FILE; - is standard input\n"
        "  -c COUNT                    stop after COUNT packets were read\n"
        "\n"
        "Capture\n"
        "  -i, --interface NAME        repeatable; -D lists interfaces, -L their link types\n"
        "  -f TEXT                     capture filter\n"
        "  -s, -B, -y, -p, -I          snapshot length, buffer (MiB), link type, not promiscuous, monitor\n"
        "  --time-stamp-type TYPE      --list-time-stamp-types lists them\n"
        "  -a CONDITION                stop after duration:S, filesize:KB, files:N, packets:N\n"
        "  -b CONDITION                ring of files: duration, filesize, files, interval, packets\n"
        "  -w FILE, -F FORMAT, -g      write packets: pcapng, pcap, nsecpcap; readable for the group\n"
        "\n"
        "Processing\n"
        "  -Y, --display-filter TEXT   show only packets that match\n"
        "  -2                          two passes: fields may tell of later packets\n"
        "  -R, --read-filter TEXT      with -2: leave out packets that do not match\n"
        "  -d LAYER==NUMBER,PROTOCOL   decode as; NUMBER may be first-last or first:count\n"
        "  -o NAME:VALUE               set a preference (-G defaultprefs lists them)\n"
        "  -o tls.keylog_file:FILE     open TLS with a key log; also uat:rsa_keys:\"KEY\",\"PASSWORD\", tls.psk:HEX\n"
        "  --memory MIB                live on a terminal: what is looked at stays below it (512)\n"
        "  --export-tls-session-keys FILE, --inject-secrets   what opened TLS into a key log, or into -w's file\n"
        "  --export-objects http,DIR   save bodies of HTTP\n"
        "  --disable-protocol NAME, --enable-protocol NAME\n"
        "  -n, -N FLAGS                accepted; names are never looked up\n"
        "  -M COUNT                    forget everything every COUNT packets\n"
        "\n"
        "Output\n"
        "  -T FORMAT                   text, fields, json, jsonraw, jsonl, ek, pdml, psml, tabs\n"
        "  -e FIELD                    a field to print, repeatable (-T fields, json, jsonl, ek, pdml)\n"
        "  -E NAME=VALUE               shape of -T fields: header, separator, occurrence,\n"
        "                              aggregator, quote, bom\n"
        "  -V                          details of every protocol\n"
        "  -O PROTOCOLS                details of these protocols only (comma-separated)\n"
        "  -x, --hexdump OPTION        bytes; all, frames, ascii, delimit, noascii\n"
        "  -P, --print                 packet lines also with -V, -x or -w\n"
        "  -t FORMAT                   time: a, ad, adoy, d, dd, e, r, u, ud, udoy\n"
        "  -u s|hms                    seconds, or hours, minutes and seconds\n"
        "  -j NAMES, -J NAMES          keep only these in json, ek and pdml (-J: with all below)\n"
        "  --no-duplicate-keys         json: one key with a list instead of repeated keys\n"
        "  --verify-chain[=FILE]       verify certificate chains against the system's roots, or FILE's\n"
        "  -S TEXT                     line between packets\n"
        "  -l                          write after each packet\n"
        "  -q, -Q                      print no packets; no messages either\n"
        "  -z STATISTIC                count something and print it at the end\n"
        "  --color                     colour lines by kind of traffic\n"
        "\n"
        "Miscellaneous\n"
        "  -G REPORT                   fields, protocols, values, ...: -G help lists them\n"
        "  -h, --help                  this text\n"
        "  -v, --version               version and libraries\n");
}
