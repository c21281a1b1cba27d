//! The table of figures, as Markdown: for the terminal and for the document alike.

use super::figure::Figure;

/// Renders the figures in their order; a blank cell says that there is nothing to say.
pub(crate) fn of<'a>(figures: impl IntoIterator<Item = &'a Figure>) -> String {
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    rows.extend(figures.into_iter().map(row));
    let widths: [usize; COLUMNS] = std::array::from_fn(|column| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    });
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        for (cell, width) in row.iter().zip(widths) {
            text.push_str(&format!("| {cell:<width$} "));
        }
        text.push_str("|\n");
        if number == 0 {
            for width in widths {
                text.push_str(&format!("|{}", "-".repeat(width + 2)));
            }
            text.push_str("|\n");
        }
    }
    text
}

/// Renders a number with three digits that matter, or all of those before the point.
pub(crate) fn number(value: f64) -> String {
    let digits = match value.abs() {
        large if large >= 100.0 => 0,
        whole if whole.fract() == 0.0 => 0,
        medium if medium >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.digits$}")
}

fn row(figure: &Figure) -> [String; COLUMNS] {
    let amount = |value: f64| {
        format!("{} {}", number(value), figure.unit)
            .trim_end()
            .to_owned()
    };
    let target = match (figure.limit, figure.reference) {
        (Some(limit), Some(_)) => format!("≤ {} ×", number(limit)),
        (Some(limit), None) => format!("≤ {}", amount(limit)),
        (None, _) => String::new(),
    };
    let met = match figure.is_met() {
        Some(true) => "met",
        Some(false) => "**not met**",
        None => "",
    };
    [
        format!("{}: {}", figure.group, figure.what),
        amount(figure.measured),
        figure.reference.map(amount).unwrap_or_default(),
        figure
            .ratio()
            .map(|ratio| format!("{ratio:.2} ×"))
            .unwrap_or_default(),
        target,
        met.to_owned(),
    ]
}

const COLUMNS: usize = 6;

const HEADINGS: [&str; COLUMNS] = ["what", "measured", "reference", "ratio", "target", "met"];

#[cfg(test)]
mod tests;
