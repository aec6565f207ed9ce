/* Every bound on what input can make grow. Reaching one is told by a note in the packet. */
#pragma once

enum {
    FM_MAX_DEPTH = 48,          /* protocols inside one another in one packet */
    FM_MAX_TREE = 100,          /* depth of nodes below a protocol */
    FM_MAX_NODES = 1 << 17,     /* nodes of one packet */
    FM_MAX_BUFFERS = 4096,      /* reassembled or decrypted buffers of one packet */
    FM_MAX_INFO = 4095,         /* bytes of the info column */
    FM_MAX_FRAME = 256 * 1024,  /* captured bytes of one frame; larger is a damaged file */
    FM_MAX_BIG_FRAME = 128 * 1024 * 1024, /* the same for link types made for big messages */
    FM_MAX_BLOCK = 160 * 1024 * 1024,     /* a pcapng block with a packet in it, options and all */
    FM_MAX_INTERFACES = 65536,            /* of one capture */
    FM_MAX_KEPT = 64 * 1024 * 1024,       /* names, comments and secrets that a capture brings along */
    FM_MAX_RECORD = 16 * 1024 * 1024, /* one record of a stream protocol */
    FM_MAX_PIECES = 1 << 17,          /* packets that it lies in */
    FM_MAX_STREAMS = 16384,           /* streams of one flow at a time, and a protocol's states of them */
    FM_MAX_STREAM_BYTES = 64 * 1024 * 1024, /* waiting in all streams of one flow */
    FM_MAX_HEADER_TABLE = 256 * 1024, /* a table of HPACK or QPACK */
    FM_MAX_HEADER_TEXT = 256 * 1024,  /* of the headers that are told of one block */
    FM_MAX_HEADER_LINES = 200,        /* headers that are told of one block */
    FM_MAX_BLOCKED_SECTIONS = 256,    /* header sections of HTTP/3 that wait for the encoder stream, of one sender */
    FM_MAX_HELD = 4 * 1024 * 1024,    /* bytes held above a hole in one stream */
    FM_MAX_HELD_PIECES = 8192,        /* segments that hold them */
    FM_MAX_ASIDE = 8,                 /* unfinished records of a stream whose segments are dissected as they come */
    FM_MAX_DATAGRAM = 65535,          /* a reassembled IP datagram */
    FM_MAX_REASSEMBLIES = 4096,       /* IP datagrams in reassembly at a time */
    FM_MAX_OPEN_FLOWS = 1 << 20,      /* established flows in memory; the one silent for longest goes first */
    FM_MAX_HOLE = 1 << 30,            /* bytes that an acknowledgment may be ahead of what was captured */
    FM_MAX_FLOW_IDS = 64,             /* connection ids that a flow goes by at a time */
    FM_MAX_CLOSED_FLOWS = 8192,       /* flows kept in full after their end */
    FM_MAX_HTTP_HEADER = 1024 * 1024, /* start line and header fields of a message; a chunk's size line, a trailer */
    FM_MAX_HTTP_PENDING = 4096,       /* requests of a connection that wait for responses */
    FM_MAX_BODY = 32 * 1024 * 1024,   /* bytes that a content coding makes of a message body */
    FM_MAX_FILTER = 64 * 1024,        /* bytes of a display filter's text */
    FM_MAX_FILTER_VALUES = 1 << 19,   /* that one test of a filter holds at a time; more are not looked at */
    FM_MAX_FILTER_BYTES = 64 * 1024 * 1024, /* made by it for them */
    FM_MAX_ENDED_FLOWS = 1 << 17,     /* flows of which only the number is remembered */
    FM_MAX_TRACK = 1 << 18,           /* packets of a flow that are followed step by step, for pictures */
    FM_MAX_TALLY = 1 << 19,           /* lines of one statistic: conversations, intervals, names */
    FM_MAX_SUMMARY_FLOWS = 1 << 20,   /* records of flows in a summary */
    FM_MAX_FRESH_FLOWS = 1 << 16,     /* of them, those that only one side has sent for */
    FM_MAX_FOLLOWED_FLOWS = 1 << 15,  /* TCP flows whose senders it follows at a time */
    FM_MAX_TALLY_BYTES = 64 * 1024 * 1024, /* of their names */
    FM_MAX_FOLLOW = 256 * 1024 * 1024, /* of the text of -z follow */
    FM_MAX_SECRETS = 1 << 20,         /* lines of key logs */
    FM_MAX_LEARNED_SECRETS = 1 << 17, /* of sessions that may be resumed */
};
