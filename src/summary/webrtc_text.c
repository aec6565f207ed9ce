/* WebRTC sessions in words. */
#include "config.h"

#include "summary/webrtc.h"

#include <inttypes.h>
#include <string.h>

#include "summary/finding.h"

const char *fm_webrtc_topic(FmWebrtcTopic topic)
{
    static const char *const names[FM_WEBRTC_TOPICS] = {
        [FM_WEBRTC_ENDS] = "WebRTC", [FM_WEBRTC_SIGNALLING] = "Offer", [FM_WEBRTC_ICE] = "ICE", [FM_WEBRTC_DTLS] = "DTLS",
        [FM_WEBRTC_PLAYED] = "Media", [FM_WEBRTC_CHANNELS_TOLD] = "Channels", [FM_WEBRTC_SETUP] = "Set-up",
    };
    return topic < FM_WEBRTC_TOPICS ? names[topic] : "";
}

static const char *plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

static void put_packet(FmText *out, const char *before, const FmWebrtcMark *mark)
{
    fm_text_printf(out, "%s#%" PRIu64, before, mark->packet);
}

static void put_after(FmText *out, const char *before, const FmWebrtcMark *from, const FmWebrtcMark *to)
{
    if (!from->packet || !to->packet || to->time <= from->time)
        return;
    fm_text_put(out, before);
    fm_span_text(out, to->time - from->time);
}

static void put_end(FmText *out, const FmWebrtcSession *s, unsigned i)
{
    bool six = s->ends[i].type == FM_ADDRESS_IPV6;
    if (six)
        fm_text_char(out, '[');
    if (six)
        fm_text_ipv6(out, s->ends[i].bytes);
    else
        fm_text_ipv4(out, (uint32_t)s->ends[i].bytes[0] << 24 | (uint32_t)s->ends[i].bytes[1] << 16 | (uint32_t)s->ends[i].bytes[2] << 8 |
                              s->ends[i].bytes[3]);
    fm_text_printf(out, "%s:%u", six ? "]" : "", s->ports[i]);
}

static void put_ends(FmText *out, const FmWebrtcSession *s)
{
    if (s->has_flow) {
        put_end(out, s, 0);
        fm_text_put(out, " ↔ ");
        put_end(out, s, 1);
        fm_text_printf(out, ", udp %u, ", s->flow);
    }
    fm_span_text(out, s->last - s->first);
}

static void put_signalling(FmText *out, const FmWebrtcSession *s)
{
    const FmWebrtcMark *offer = &s->steps[FM_WEBRTC_OFFER], *answer = &s->steps[FM_WEBRTC_ANSWER];
    if (!offer->packet)
        return;
    put_packet(out, "Sent in ", offer);
    if (answer->packet) {
        put_packet(out, ", answered in ", answer);
        put_after(out, " after ", offer, answer);
    }
    fm_text_char(out, '.');
}

static void put_ice(FmText *out, const FmWebrtcSession *s)
{
    if (!s->checks)
        return;
    fm_text_printf(out, "%" PRIu64 " check%s on %u pair%s of addresses, %" PRIu64 " answered", s->checks, plural(s->checks), s->pairs, plural(s->pairs),
                   s->answers);
    put_after(out, "; the first after ", &s->steps[FM_WEBRTC_CHECK], &s->steps[FM_WEBRTC_CHECKED]);
    if (s->steps[FM_WEBRTC_NOMINATED].packet) {
        put_packet(out, "; nominated in ", &s->steps[FM_WEBRTC_NOMINATED]);
        put_after(out, " after ", &s->steps[FM_WEBRTC_CHECK], &s->steps[FM_WEBRTC_NOMINATED]);
    }
    fm_text_char(out, '.');
}

static const char *profile_name(unsigned profile)
{
    switch (profile) {
    case 1: return "AES-128 with HMAC-SHA1 of 80 bits";
    case 2: return "AES-128 with HMAC-SHA1 of 32 bits";
    case 5: case 6: return "no encryption";
    case 7: return "AES-128-GCM";
    case 8: return "AES-256-GCM";
    default: return "an unknown profile";
    }
}

static void put_dtls(FmText *out, const FmWebrtcSession *s)
{
    const FmWebrtcMark *hello = &s->steps[FM_WEBRTC_HELLO], *secured = &s->steps[FM_WEBRTC_SECURED];
    if (!hello->packet && !secured->packet)
        return;
    if (hello->packet)
        put_packet(out, "Began in ", hello);
    if (secured->packet) {
        put_packet(out, hello->packet ? ", ended in " : "Ended in ", secured);
        put_after(out, " after ", hello, secured);
    } else {
        fm_text_literal(out, ", did not end");
    }
    if (s->profile)
        fm_text_printf(out, "; media are protected by %s", profile_name(s->profile));
    fm_text_char(out, '.');
}

static void put_after_dtls(FmText *out, const FmWebrtcSession *s, FmWebrtcStep step)
{
    size_t before = out->size;
    put_after(out, ", ", &s->steps[FM_WEBRTC_SECURED], &s->steps[step]);
    fm_text_put(out, out->size > before ? " after DTLS. " : ". ");
}

static void put_media(FmText *out, const FmWebrtcSession *s)
{
    if (!s->source_count)
        return;
    put_packet(out, "First in ", &s->steps[FM_WEBRTC_MEDIA]);
    put_after_dtls(out, s, FM_WEBRTC_MEDIA);
    for (unsigned i = 0; i < s->source_count; i++) {
        const FmWebrtcSource *source = &s->sources[i];
        fm_text_printf(out, "%s0x%08x from ", i ? "; " : "", source->ssrc);
        put_end(out, s, source->direction);
        fm_text_printf(out, ": %" PRIu64 " packet%s", source->packets, plural(source->packets));
        if (source->lost)
            fm_text_printf(out, ", %" PRIu64 " missing", source->lost);
    }
    fm_text_char(out, '.');
}

static void put_channels(FmText *out, const FmWebrtcSession *s)
{
    if (!s->steps[FM_WEBRTC_ASSOCIATED].packet && !s->channel_count)
        return;
    if (s->steps[FM_WEBRTC_ASSOCIATED].packet) {
        put_packet(out, "SCTP stands since ", &s->steps[FM_WEBRTC_ASSOCIATED]);
        put_after_dtls(out, s, FM_WEBRTC_ASSOCIATED);
    }
    for (unsigned i = 0; i < s->channel_count; i++) {
        const FmWebrtcChannel *c = &s->channels[i];
        fm_text_printf(out, "%s\"", i ? "; " : "");
        fm_text_escaped(out, c->label, strlen(c->label));
        fm_text_printf(out, "\" (%u): ", c->number);
        for (unsigned k = 0; k < 2; k++) {
            fm_text_printf(out, "%s%" PRIu64 " message%s of ", k ? ", " : "", c->messages[k], plural(c->messages[k]));
            fm_amount_text(out, c->bytes[k]);
            fm_text_literal(out, " bytes from ");
            put_end(out, s, k);
        }
    }
    if (s->channel_count)
        fm_text_char(out, '.');
}

static void put_setup(FmText *out, const FmWebrtcSession *s)
{
    static const char *const names[FM_WEBRTC_STAGES] = { "signalling", "ICE", "DTLS", "the rest" };
    FmTime stages[FM_WEBRTC_STAGES], total = 0;
    if (!fm_webrtc_stages(s, stages))
        return;
    for (unsigned i = 0; i < FM_WEBRTC_STAGES; i++)
        total += stages[i];
    fm_text_literal(out, "It could be used after ");
    fm_span_text(out, total);
    const char *before = ": ";
    for (unsigned i = 0; i < FM_WEBRTC_STAGES; i++) {
        if (stages[i] <= 0)
            continue;
        fm_text_printf(out, "%s%s ", before, names[i]);
        fm_span_text(out, stages[i]);
        fm_text_printf(out, " (%u %%)", (unsigned)((100 * stages[i] + total / 2) / total));
        before = ", ";
    }
    fm_text_char(out, '.');
}

void fm_webrtc_text(FmText *out, const FmWebrtcSession *s, FmWebrtcTopic topic)
{
    switch (topic) {
    case FM_WEBRTC_ENDS: put_ends(out, s); break;
    case FM_WEBRTC_SIGNALLING: put_signalling(out, s); break;
    case FM_WEBRTC_ICE: put_ice(out, s); break;
    case FM_WEBRTC_DTLS: put_dtls(out, s); break;
    case FM_WEBRTC_PLAYED: put_media(out, s); break;
    case FM_WEBRTC_CHANNELS_TOLD: put_channels(out, s); break;
    case FM_WEBRTC_SETUP: put_setup(out, s); break;
    default: break;
    }
}
