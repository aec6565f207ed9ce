/* fathom flows --sessions: what it took to set a call up, and what ran in it. */
#include "config.h"

#include "commands/sessions.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "output/json_text.h"
#include "summary/webrtc.h"

enum { INDENT = 12 };

static void print_text(FmText *out, const FmWebrtcSession *s)
{
    for (unsigned topic = 0; topic < FM_WEBRTC_TOPICS; topic++) {
        g_auto(FmText) text = { 0 };
        fm_webrtc_text(&text, s, (FmWebrtcTopic)topic);
        if (!text.size)
            continue;
        size_t start = out->size;
        fm_text_put(out, fm_webrtc_topic((FmWebrtcTopic)topic));
        fm_text_pad(out, start, INDENT);
        fm_text_add(out, text.data, text.size);
        fm_text_char(out, '\n');
    }
}

static void put_text_value(FmText *out, const char *name, const char *text)
{
    fm_text_printf(out, ", \"%s\": ", name);
    fm_json_string(out, text, strlen(text));
}

static void put_steps(FmText *out, const FmWebrtcSession *s)
{
    static const char *const names[FM_WEBRTC_STEPS] = {
        "offer", "answer", "check", "checked", "nominated", "dtls_hello", "dtls_done", "association", "channel", "media",
    };
    fm_text_literal(out, ", \"steps\": {");
    const char *before = "";
    for (unsigned i = 0; i < FM_WEBRTC_STEPS; i++) {
        if (!s->steps[i].packet)
            continue;
        fm_text_printf(out, "%s\"%s\": {\"packet\": %" PRIu64 ", \"after\": %.9f}", before, names[i], s->steps[i].packet,
                       (double)(s->steps[i].time - s->first) / FM_SECOND);
        before = ", ";
    }
    fm_text_char(out, '}');
}

static void put_stages(FmText *out, const FmWebrtcSession *s)
{
    static const char *const names[FM_WEBRTC_STAGES] = { "signalling", "ice", "dtls", "rest" };
    FmTime stages[FM_WEBRTC_STAGES];
    if (!fm_webrtc_stages(s, stages))
        return;
    fm_text_literal(out, ", \"setup\": {");
    for (unsigned i = 0; i < FM_WEBRTC_STAGES; i++)
        fm_text_printf(out, "%s\"%s\": %.9f", i ? ", " : "", names[i], (double)stages[i] / FM_SECOND);
    fm_text_char(out, '}');
}

static void print_json(FmText *out, const FmWebrtcSession *s, bool first)
{
    fm_text_printf(out, "%s\n  {\"seconds\": %.9f", first ? "" : ",", (double)(s->last - s->first) / FM_SECOND);
    if (s->has_flow)
        fm_text_printf(out, ", \"udp\": %u", s->flow);
    if (s->names[0][0]) {
        put_text_value(out, "name", s->names[0]);
        put_text_value(out, "peer_name", s->names[1]);
    }
    fm_text_printf(out, ", \"checks\": %" PRIu64 ", \"answers\": %" PRIu64 ", \"pairs\": %u, \"srtp_profile\": %u", s->checks, s->answers, s->pairs,
                   s->profile);
    put_steps(out, s);
    put_stages(out, s);
    fm_text_literal(out, ", \"channels\": [");
    for (unsigned i = 0; i < s->channel_count; i++) {
        const FmWebrtcChannel *c = &s->channels[i];
        fm_text_printf(out, "%s{\"number\": %u", i ? ", " : "", c->number);
        put_text_value(out, "label", c->label);
        fm_text_printf(out, ", \"messages\": [%" PRIu64 ", %" PRIu64 "], \"bytes\": [%" PRIu64 ", %" PRIu64 "]}", c->messages[0], c->messages[1],
                       c->bytes[0], c->bytes[1]);
    }
    fm_text_literal(out, "], \"media\": [");
    for (unsigned i = 0; i < s->source_count; i++)
        fm_text_printf(out, "%s{\"ssrc\": %u, \"direction\": %u, \"packets\": %" PRIu64 ", \"lost\": %" PRIu64 "}", i ? ", " : "", s->sources[i].ssrc,
                       s->sources[i].direction, s->sources[i].packets, s->sources[i].lost);
    fm_text_literal(out, "]}");
}

static bool take_packet(void *data, const FmPacket *packet, bool match)
{
    (void)match;
    fm_webrtc_packet(data, packet);
    return true;
}

int fm_sessions_run(FmReading *reading, FmSink *sink, bool json)
{
    g_autoptr(FmWebrtc) webrtc = fm_webrtc_new(reading->catalog);
    const FmReader reader = { take_packet, NULL, webrtc };
    fm_session_want(reading->session, fm_webrtc_wanted(webrtc), false, false, false);
    int status = fm_reading_run(reading, &reader);
    size_t count = fm_webrtc_count(webrtc);
    if (json)
        fm_text_char(&sink->text, '[');
    else if (!count)
        fm_text_literal(&sink->text, "No WebRTC session was found.\n");
    for (size_t i = 0; i < count && fm_sink_step(sink); i++) {
        if (json) {
            print_json(&sink->text, fm_webrtc_at(webrtc, i), i == 0);
            continue;
        }
        if (i)
            fm_text_char(&sink->text, '\n');
        print_text(&sink->text, fm_webrtc_at(webrtc, i));
    }
    if (json)
        fm_text_put(&sink->text, count ? "\n]\n" : "]\n");
    if (!fm_sink_flush(sink) && sink->trouble != EPIPE)
        return FM_COMMAND_FAILED;
    return status;
}
