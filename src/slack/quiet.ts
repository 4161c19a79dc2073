/** With each text that we send: Slack is to look for nothing in it beyond the marks that we made. */
export const literal = { parse: 'none', link_names: false } as const;
/** With each new message: what it links to is not shown in it either. */
export const quiet = { ...literal, unfurl_links: false, unfurl_media: false };
