/* Scripts of TCP segments. */
#include "config.h"

#include "script.h"

#include <stdio.h>
#include <string.h>

#include <glib.h>

FmSegment test_segment(const char *line, const TestVariant *v)
{
    FmSegment s = { .scale = -1, .window = 65535, .flags = FM_SEGMENT_ACK };
    g_auto(GStrv) words = g_strsplit_set(line, " ", -1);
    s.time = FM_SECOND + (FmTime)(g_ascii_strtod(words[0], NULL) * 1e6 + 0.5) + v->later;
    bool server = words[1][0] == '<';
    uint32_t own = v->offset[server], peer = v->offset[!server];
    s.direction = (uint8_t)(server != v->swapped);
    s.seq = own;
    s.ack = peer;
    for (unsigned i = 2; words[i]; i++) {
        const char *w = words[i];
        unsigned a = 0, b = 0;
        if (strcmp(w, "S") == 0) {
            s.flags = (uint16_t)(FM_SEGMENT_SYN | (server ? FM_SEGMENT_ACK : 0));
            s.mss = 1460;
            s.sack_permitted = true;
        } else if (strcmp(w, "F") == 0) {
            s.flags |= FM_SEGMENT_FIN;
        } else if (strcmp(w, "R") == 0) {
            s.flags |= FM_SEGMENT_RST;
        } else if (strcmp(w, "E") == 0) {
            s.flags |= FM_SEGMENT_ECE;
        } else if (strcmp(w, "nosack") == 0) {
            s.sack_permitted = false;
        } else if (sscanf(w, "a%u", &a) == 1) {
            s.ack = peer + a;
        } else if (sscanf(w, "s%u-%u", &a, &b) == 2) {
            s.sack[s.sacks++] = (FmSackBlock){ peer + a, peer + b };
        } else if (sscanf(w, "t%u/%u", &a, &b) == 2) {
            s.timestamps = true;
            s.tsval = a;
            s.tsecr = b;
        } else if (sscanf(w, "i%u", &a) == 1) {
            s.ip_id = (uint16_t)a;
        } else if (sscanf(w, "w%u", &a) == 1) {
            s.window = (uint16_t)a;
        } else if (sscanf(w, "%u+%u", &a, &b) == 2) {
            s.seq = own + a;
            s.length = b;
        } else {
            g_error("bad word %s", w);
        }
    }
    return s;
}
