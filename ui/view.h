/* Views and pages as constant tables. See docs/adding-a-view.md.
 *
 * A page fills the screen between the status line and the keys; it shows its views as panes side by side or as tabs. A view is a
 * list of rows, of which the core keeps cursor and place, or a picture. Views get requests, never keys. */
#pragma once

#include "ui/draw.h"
#include "ui/keys.h"

typedef struct FmApp FmApp;
typedef struct FmPage FmPage;
typedef struct FmPane FmPane;

typedef struct FmView {
    const char *name; /* title of its tab */
    unsigned where;   /* whose keys it has: FM_IN_… */
    size_t private_size;
    void (*open)(FmPane *pane);
    void (*close)(FmPane *pane); /* frees what the state owns; may be NULL */

    /* Before drawing: brings pane->count up to date. Lists need it. */
    void (*refresh)(FmPane *pane);

    /* A list: row `i`; and a heading above the rows (NULL: none). */
    void (*row)(FmPane *pane, size_t i, FmPen *pen);
    void (*head)(FmPane *pane, FmPen *pen);
    void (*moved)(FmPane *pane); /* the cursor stands elsewhere; may be NULL */
    unsigned foot;               /* rows at the bottom of the pane that the view draws itself, after the list */
    void (*draw_foot)(FmPane *pane, FmBox box);

    /* A picture instead: draws all of the box. */
    void (*draw)(FmPane *pane, FmBox box);
    void (*clicked)(FmPane *pane, int y, int x); /* place in the box; may be NULL */

    /* True: done. Otherwise the page, then the core is asked. `argument`: what followed a command's name, or NULL. */
    bool (*request)(FmPane *pane, FmRequest request, const char *argument);
    bool (*tick)(FmPane *pane); /* a tenth of a second went by: true if something moves */
} FmView;

struct FmPane {
    const FmView *view;
    FmApp *app;
    FmPage *page;
    void *state;            /* view->private_size bytes, zeroed at first */
    FmBox box;              /* as last drawn, without heading and foot */
    unsigned more_foot;     /* rows that the foot has beyond the view's, by `refresh` */
    size_t count, cursor, top;
    int left;               /* columns scrolled off */
    bool opened;
};

enum { FM_MOST_PANES = 12 };

typedef enum FmLayout { FM_LAYOUT_PANES, FM_LAYOUT_TABS } FmLayout;

typedef struct FmPageKind {
    const char *name;
    unsigned where;
    FmLayout layout;
    const FmView *views[FM_MOST_PANES + 1]; /* NULL-ended */
    size_t private_size;
    void (*open)(FmPage *page, const void *argument);
    void (*close)(FmPage *page);
    void (*title)(FmPage *page, FmPen *pen); /* a line on top, above tabs; NULL: none */
    bool (*has)(FmPage *page, const FmView *view); /* tabs: does it say anything here? NULL: all do */
    void (*place)(FmPage *page, FmBox box, FmBox *boxes); /* panes: where each goes; rows 0: not shown */
    bool (*request)(FmPage *page, FmRequest request, const char *argument);
    void (*refresh)(FmPage *page); /* before drawing; may be NULL */
} FmPageKind;

struct FmPage {
    const FmPageKind *kind;
    FmApp *app;
    void *state;
    FmPane panes[FM_MOST_PANES];
    unsigned pane_count, focus;
    FmBox tabs[FM_MOST_PANES]; /* where the tabs' names stand */
};

/* ---- for views ---- */

/* The pane with the focus; a pane by its view (NULL: the page has none). */
FmPane *fm_page_focus(FmPage *page);
FmPane *fm_page_pane(FmPage *page, const FmView *view);

/* Moves the cursor of a list, and calls `moved`. */
void fm_pane_go(FmPane *pane, size_t i);

/* Keeps the cursor in the list and in sight; after changes of count. */
void fm_pane_settle(FmPane *pane);
