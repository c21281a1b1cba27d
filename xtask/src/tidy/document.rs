//! The headings and links of a Markdown file.

use std::collections::BTreeSet;

use pulldown_cmark::{
    BrokenLink, CodeBlockKind, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd,
};

/// What the rules need to know of a Markdown file.
#[derive(Debug, Default)]
pub(crate) struct Document {
    pub(crate) headings: Vec<Heading>,
    pub(crate) links: Vec<Link>,
    /// References such as `[text][label]` whose label is defined nowhere.
    pub(crate) dangling: Vec<Link>,
    pub(crate) blocks: Vec<Block>,
    /// The anchors that are written out, as in `<a id="name">`.
    written_anchors: Vec<String>,
}

/// A heading as a reader sees it, without its mark-up.
#[derive(Debug)]
pub(crate) struct Heading {
    pub(crate) level: HeadingLevel,
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// A link or a picture.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) target: String,
    pub(crate) line: usize,
}

/// A block of code, with what stands behind its fence.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) language: String,
    pub(crate) text: String,
    pub(crate) line: usize,
}

impl Document {
    pub(crate) fn parse(text: &str) -> Self {
        let mut document = Self::default();
        let mut in_heading = false;
        let mut in_block = false;
        let mut dangling = Vec::new();
        // Counted once: a document has thousands of events.
        let ends: Vec<_> = text.match_indices('\n').map(|(offset, _)| offset).collect();
        let line_at = |offset: usize| 1 + ends.partition_point(|end| *end < offset);
        let broken = |link: BrokenLink<'_>| {
            // A label alone in brackets may be brackets and nothing more.
            if matches!(link.link_type, LinkType::Reference | LinkType::Collapsed) {
                dangling.push(Link {
                    target: link.reference.into_string(),
                    line: line_at(link.span.start),
                });
            }
            None
        };
        let parser =
            Parser::new_with_broken_link_callback(text, Options::ENABLE_TABLES, Some(broken));
        for (event, range) in parser.into_offset_iter() {
            let line = line_at(range.start);
            match event {
                Event::Start(Tag::Heading { level, .. }) => {
                    in_heading = true;
                    document.headings.push(Heading {
                        level,
                        text: String::new(),
                        line,
                    });
                }
                Event::End(TagEnd::Heading(_)) => in_heading = false,
                Event::Start(Tag::CodeBlock(kind)) => {
                    in_block = true;
                    let language = match kind {
                        CodeBlockKind::Fenced(language) => language.into_string(),
                        CodeBlockKind::Indented => String::new(),
                    };
                    let text = String::new();
                    document.blocks.push(Block {
                        language,
                        text,
                        line,
                    });
                }
                Event::End(TagEnd::CodeBlock) => in_block = false,
                Event::Text(part) if in_block => {
                    if let Some(block) = document.blocks.last_mut() {
                        block.text.push_str(&part);
                    }
                }
                Event::Text(part) | Event::Code(part) if in_heading => {
                    if let Some(heading) = document.headings.last_mut() {
                        heading.text.push_str(&part);
                    }
                }
                Event::Start(Tag::Link {
                    link_type: LinkType::Email,
                    ..
                }) => {}
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    document.links.push(Link {
                        target: dest_url.into_string(),
                        line,
                    });
                }
                Event::Html(html) | Event::InlineHtml(html) => {
                    document.written_anchors.extend(ids(&html));
                }
                _ => {}
            }
        }
        document.dangling = dangling;
        document
    }

    /// The anchors that GitHub generates for the headings: a repeated one is numbered from its second use on.
    pub(crate) fn anchors(&self) -> BTreeSet<String> {
        let mut anchors: BTreeSet<String> = self.written_anchors.iter().cloned().collect();
        for heading in &self.headings {
            let slug = slug(&heading.text);
            let mut anchor = slug.clone();
            let mut repetition = 0;
            while !anchors.insert(anchor) {
                repetition += 1;
                anchor = format!("{slug}-{repetition}");
            }
        }
        anchors
    }
}

/// The values of `id` and `name` in a piece of HTML.
fn ids(html: &str) -> Vec<String> {
    let values = [" id=\"", " name=\""].into_iter().flat_map(|attribute| {
        let rest = html.split(attribute).skip(1);
        rest.filter_map(|rest| rest.split('"').next())
    });
    values.map(str::to_owned).collect()
}

fn slug(heading: &str) -> String {
    heading
        .to_lowercase()
        .chars()
        .filter_map(|character| match character {
            ' ' => Some('-'),
            '-' | '_' => Some(character),
            _ => character.is_alphanumeric().then_some(character),
        })
        .collect()
}

#[cfg(test)]
mod tests;
