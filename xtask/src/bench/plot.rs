//! `docs/benchmarks.svg`: the ratios of the hot path with their limits, and the waits under steady load.

use std::error::Error;

use plotters::coord::Shift;
use plotters::prelude::*;

use super::figure::Figure;

type Drawn = Result<(), Box<dyn Error>>;
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Draws the picture, as the text of an SVG file.
pub(crate) fn of(figures: &[Figure]) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, SIZE).into_drawing_area();
        area.fill(&WHITE)?;
        let (left, right) = area.split_horizontally(SIZE.0 / 2);
        ratios(&left, figures)?;
        waits(&right, figures)?;
        area.present()?;
    }
    Ok(text)
}

/// One bar per promise of the hot path, with a line where the promise ends.
fn ratios(area: &Area<'_>, figures: &[Figure]) -> Drawn {
    let bars: Vec<(&str, f64, f64)> = figures
        .iter()
        .filter(|figure| figure.group == "hot path")
        .filter_map(|figure| Some((figure.what.as_str(), figure.ratio()?, figure.limit?)))
        .collect();
    let top = bars
        .iter()
        .fold(1.0, |top: f64, bar| top.max(bar.1).max(bar.2));
    let mut chart = ChartBuilder::on(area)
        .caption("hot path: time against the reference", FONT)
        .margin(MARGIN)
        .x_label_area_size(80)
        .y_label_area_size(50)
        .build_cartesian_2d(-0.5..bars.len() as f64 - 0.5, 0.0..top * 1.2)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .disable_x_axis()
        .y_desc("× reference; the line is the target")
        .draw()?;
    for (number, (what, ratio, limit)) in bars.iter().enumerate() {
        let x = number as f64;
        let color = if ratio <= limit { MET } else { MISSED };
        chart.draw_series([
            Rectangle::new([(x - 0.35, 0.0), (x + 0.35, *ratio)], color.filled()),
            Rectangle::new(
                [(x - 0.45, *limit), (x + 0.45, limit + top * 0.006)],
                BLACK.filled(),
            ),
        ])?;
        let (name, threads) = what.split_once(", ").unwrap_or((what, ""));
        let lines = [
            format!("{ratio:.2} ×"),
            name.trim_matches('`').to_owned(),
            threads.to_owned(),
        ];
        for (line, text) in lines.into_iter().enumerate() {
            let (at_x, at_y) = chart.backend_coord(&(x, 0.0));
            let position = (at_x - 42, at_y + 8 + 16 * line as i32);
            area.draw(&Text::new(text, position, SMALL_FONT))?;
        }
    }
    Ok(())
}

/// One line per case, over the shares of the calls; on a logarithmic scale, since the worst is a thousand times the usual.
fn waits(area: &Area<'_>, figures: &[Figure]) -> Drawn {
    let mut chart = ChartBuilder::on(area)
        .caption("steady load: how long calls wait", FONT)
        .margin(MARGIN)
        .x_label_area_size(50)
        .y_label_area_size(70)
        .build_cartesian_2d(
            -0.2..SHARES.len() as f64 - 0.8,
            (0.01..100_000.0).log_scale(),
        )?;
    chart
        .configure_mesh()
        .x_labels(SHARES.len())
        .x_label_formatter(&|x| share(*x))
        .y_label_formatter(&|microseconds| format!("{microseconds} µs"))
        .x_desc("share of the calls")
        .draw()?;
    for (case, color) in CASES {
        for (is_reference, name) in [(false, "cache"), (true, "constant token")] {
            let line = SHARES.iter().enumerate().filter_map(|(number, share)| {
                let what = format!("{case}: wait, {share}");
                let figure = figures.iter().find(|figure| figure.what == what)?;
                let wait = if is_reference {
                    figure.reference?
                } else {
                    figure.measured
                };
                // A logarithmic scale has no zero.
                Some((number as f64, wait.max(0.01)))
            });
            let style = if is_reference {
                color.mix(0.35).stroke_width(2)
            } else {
                color.stroke_width(3)
            };
            chart
                .draw_series(LineSeries::new(line, style))?
                .label(format!("{case}, {name}"))
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style));
        }
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.8))
        .draw()?;
    Ok(())
}

fn share(x: f64) -> String {
    let name = SHARES.get(x.round() as usize).filter(|_| x > -0.1);
    name.map(|name| (*name).to_owned()).unwrap_or_default()
}

const SHARES: [&str; 4] = ["median", "99 %", "99.9 %", "worst"];

const CASES: [(&str, RGBColor); 2] = [
    ("endpoint slow (200 ms)", RGBColor(31, 90, 166)),
    ("endpoint down", RGBColor(178, 84, 0)),
];

const MET: RGBColor = RGBColor(64, 128, 96);
const MISSED: RGBColor = RGBColor(190, 70, 60);

const SIZE: (u32, u32) = (1280, 480);
const MARGIN: u32 = 16;
const FONT: (&str, u32) = ("sans-serif", 18);
const SMALL_FONT: (&str, u32) = ("sans-serif", 12);

#[cfg(test)]
mod tests;
