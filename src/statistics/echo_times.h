/* -z icmp,srt and icmpv6,srt. */
#pragma once

typedef enum FmEchoKind { FM_ECHO_ICMP, FM_ECHO_ICMPV6 } FmEchoKind;
