/* What -h and -v print. */
#include "config.h"

#include "options.h"

void fm_options_version(FmText *out)
{
    fm_text_put(out, "fathom " PACKAGE_VERSION "\nwith " FM_WITH "\n");
    if (*FM_WITHOUT)
        fm_text_put(out, "without " FM_WITHOUT "\n");
}

static void put_all(FmText *out)
{
    fm_text_put(out,
        "Usage: fathom [option]... [-r] FILE [display filter]\n"
        "       fathom [option]... -i INTERFACE [capture filter]\n"
        "       fathom flows [option]... FILE\n"
        "                              a table of all flows; --help tells more, as for\n"
        "                              all commands\n"
        "       fathom explain [option]... FILE [FLOW]\n"
        "                              what happened and why; --packet N, --and FILE\n"
        "       fathom follow [option]... FILE FLOW\n"
        "                              what a flow carried: text, --hex, --raw, --json\n"
        "       fathom objects [option]... FILE [-o DIR]\n"
        "                              bodies of HTTP, listed and saved\n"
        "       fathom plot FILE FLOW -o PICTURE          a flow as SVG, PNG or PDF\n"
        "       fathom report FILE -o PAGE.html           the capture as one page\n"
        "       fathom qlog FILE [-o OUTPUT]\n"
        "                              QUIC connections as qlog, --qvis for qvis\n"
        "       fathom series [-n] [--format csv|judge] FILE [FLOW]\n"
        "                              what TCP senders knew, over time\n"
        "       fathom teach [LESSON] [-r FILE]           lessons on real packets\n"
        "On a terminal, FILE without -r and -i open the screens; ? there lists the keys.\n"
        "\n"
        "Input\n"
        "  -r, --read-file FILE        read packets from FILE; - is standard input\n"
        "  -c COUNT                    stop after COUNT packets were read\n"
        "\n"
        "Capture\n"
        "  -i, --interface NAME        repeatable; -D lists interfaces, -L their link\n"
        "                              types\n"
        "  -f TEXT                     capture filter\n"
        "  -s, -B, -y, -p, -I          snapshot length, buffer (MiB), link type, not\n"
        "                              promiscuous, monitor\n"
        "  --time-stamp-type TYPE      --list-time-stamp-types lists them\n"
        "  -a CONDITION                stop after duration:S, filesize:KB, files:N,\n"
        "                              packets:N\n"
        "  -b CONDITION                ring of files: duration, filesize, files,\n"
        "                              interval, packets\n"
        "  -w FILE, -F FORMAT, -g      write packets: pcapng, pcap, nsecpcap; readable\n"
        "                              for the group\n"
        "\n"
        "Processing\n"
        "  -Y, --display-filter TEXT   show only packets that match\n"
        "  -2                          two passes: fields may tell of later packets\n"
        "  -R, --read-filter TEXT      with -2: leave out packets that do not match\n"
        "  -d LAYER==NUMBER,PROTOCOL   decode as; NUMBER may be first-last or\n"
        "                              first:count\n"
        "  -o NAME:VALUE               set a preference (-G defaultprefs lists them)\n"
        "  -o tls.keylog_file:FILE     open TLS with a key log; also\n"
        "                              uat:rsa_keys:\"KEY\",\"PASSWORD\", tls.psk:HEX\n"
        "  --memory MIB                live on a terminal: what is looked at stays below\n"
        "                              it (512)\n"
        "  --proto PATH                schema of Protocol Buffers: a .proto file, a\n"
        "                              folder of them, a set of descriptors\n"
        "  --plugin FILE               protocols from a shared object\n"
        "                              (fathom-dissector(7))\n"
        "  --export-tls-session-keys FILE, --inject-secrets\n"
        "                              what opened TLS into a key log, or into -w's file\n"
        "  --export-objects http,DIR   save bodies of HTTP\n"
        "  --disable-protocol NAME, --enable-protocol NAME\n"
        "  -n, -N FLAGS                accepted; names are never looked up\n"
        "  -M COUNT                    forget everything every COUNT packets\n"
        "\n"
        "Output\n"
        "  -T FORMAT                   text, fields, json, jsonraw, jsonl, ek, pdml,\n"
        "                              psml, tabs\n"
        "  -e FIELD                    a field to print, repeatable (-T fields, json,\n"
        "                              jsonl, ek, pdml)\n"
        "  -E NAME=VALUE               shape of -T fields: header, separator,\n"
        "                              occurrence,\n"
        "                              aggregator, quote, bom\n"
        "  -V                          details of every protocol\n"
        "  -O PROTOCOLS                details of these protocols only (comma-separated)\n"
        "  -x, --hexdump OPTION        bytes; all, frames, ascii, delimit, noascii\n"
        "  -P, --print                 packet lines also with -V, -x or -w\n"
        "  -t FORMAT                   time: a, ad, adoy, d, dd, e, r, u, ud, udoy\n"
        "  -u s|hms                    seconds, or hours, minutes and seconds\n"
        "  -j NAMES, -J NAMES          keep only these in json, ek and pdml (-J: with\n"
        "                              all below)\n"
        "  --no-duplicate-keys         json: one key with a list instead of repeated\n"
        "                              keys\n"
        "  --verify-chain[=FILE]       verify certificate chains against the system's\n"
        "                              roots, or FILE's\n"
        "  -S TEXT                     line between packets\n"
        "  -l                          write after each packet\n"
        "  -q, -Q                      print no packets; no messages either\n"
        "  -z STATISTIC                count something and print it at the end\n"
        "  --color                     colour lines by kind of traffic\n"
        "\n"
        "Miscellaneous\n"
        "  -G REPORT                   fields, protocols, values, ...: -G help lists\n"
        "                              them\n"
        "  -h, --help[=all]            what is used most; this text\n"
        "  -v, --version               version and libraries\n");
}

static void put_usual(FmText *out)
{
    fm_text_put(out,
        "Usage: fathom [OPTION]... FILE [DISPLAY FILTER]    on a terminal: its screens\n"
        "       fathom [OPTION]... -i INTERFACE [CAPTURE FILTER]\n"
        "       fathom COMMAND [OPTION]... FILE ...         COMMAND --help tells of each\n"
        "\n"
        "  flows     who talked with whom, how fast, and what went wrong\n"
        "  explain   what happened to a capture, a flow or a packet, and why\n"
        "  follow    what a flow carried              objects   files out of HTTP\n"
        "  plot      a flow as a picture              report    all of it as one page\n"
        "  qlog, series   for other programs          teach     lessons on real packets\n"
        "\n"
        "  -r FILE, -i NAME         read a file, or capture; -D lists interfaces\n"
        "  -c N, -a CONDITION       stop after N packets; duration:S, filesize:KB, ...\n"
        "  -w FILE, -b CONDITION    write packets; into a ring of files\n"
        "  -Y FILTER, -f FILTER     show only what matches; capture only what matches\n"
        "  -V, -O PROTOCOLS, -x     details, details of these, bytes\n"
        "  -T FORMAT, -e FIELD      fields, json, jsonl, ek, pdml, ...; of these fields\n"
        "  -z STATISTIC, -q         count, and print at the end; print no packets\n"
        "  -t FORMAT                time: a, ad, d, e, r, u, ...\n"
        "  -d LAYER==N,PROTOCOL     decode as\n"
        "  -o NAME:VALUE            a preference; tls.keylog_file:FILE opens TLS, QUIC\n"
        "  -h, --help=all           this; all options. The manual: man fathom\n");
}

void fm_options_help(FmText *out, bool all)
{
    if (all)
        put_all(out);
    else
        put_usual(out);
}
